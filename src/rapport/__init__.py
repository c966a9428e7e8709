"""Rapport: advice on client relationships in five languages, and a search that understands situations."""
