"""The course: its chapters, exercises and verdicts, and what a learner has done."""
