-- What happened in each hour, counted as it happens (decision 0015). The organization '' counts all of them.
create table statistics (
  organization $text not null,
  hour bigint not null,
  measure $text not null,
  label $text not null,
  total bigint not null,
  primary key (organization, hour, measure, label)
);
create index statistics_hour on statistics (hour);

-- Minutes in which WeChat was slow or gave no usable answer; the others leave nothing.
create table slow_minutes (
  minute bigint primary key,
  slow bigint not null,
  failed bigint not null,
  worst_milliseconds bigint not null
);
