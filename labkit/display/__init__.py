"""How things look: cards, pictures, the stage that live pictures stand on."""
