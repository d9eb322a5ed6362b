"""Writers: reports for people and programs, and the generated apply-patches."""
