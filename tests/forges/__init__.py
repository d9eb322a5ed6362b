"""Other people's tools: comments on forges, and the templates for their CI."""
