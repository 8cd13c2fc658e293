"""One module a chapter: what it is and needs, its exercises and their checkers. labkit.course.chapters finds them."""
