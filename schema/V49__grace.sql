-- By which the server knows its own tokens: what says since when a device has been without a connection. Attempts of before have none.
alter table attempt add column secret text;

-- For so many minutes after the deadline answers given in time still come in.
alter table attempt add column grace bigint not null default 0;
