"""培训 (training): a session with its programme, who signed up, ideas collected and followed up, questions to experts."""
