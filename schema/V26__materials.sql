-- Owned by domains/library.

-- Of a file: its media type by content; null: a PDF of an earlier version of the program.
alter table resource_version add column media text;
-- Of a video: WebVTT.
alter table resource_version add column subtitles text;
-- No longer shown to learners; what was studied stays.
alter table resource add column withdrawn_at bigint;
