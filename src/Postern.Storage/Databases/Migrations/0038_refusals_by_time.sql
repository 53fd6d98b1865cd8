-- The sweep and the statistics look refusals up by their time.
create index refusal_counts_minute on refusal_counts (minute);
