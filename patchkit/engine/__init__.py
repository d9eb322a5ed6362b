"""The porting engine: applies, follows, merges and refreshes patches on virtual trees."""
