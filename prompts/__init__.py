"""Words made into plans: intents, slots, dates, language models."""
