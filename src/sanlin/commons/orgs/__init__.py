"""组织 (organisation): a resident team, a filed or registered body, its members and its growth."""
