"""What people write: guides, catalogue, interface, questions. Everything that reads a file of theirs is here."""
