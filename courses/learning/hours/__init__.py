"""The hour map: every credited minute by item and topic, against what the standard asks for."""
