"""What the verbs of ./workbook do, where it takes more than a call."""
