"""Lists of late dossiers, the meeting's page, scorecards and forecasts: docs/lists.md."""
