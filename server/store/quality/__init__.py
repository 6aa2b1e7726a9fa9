"""What QA keeps: queue, verdicts, figures, score cards, trails."""
