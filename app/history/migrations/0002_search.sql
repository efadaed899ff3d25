-- The rows get numbers that sort by time, so that a search is newest first and
-- bounded by days without sorting. What else is new: the conversation, where a
-- question went, the place it was asked at, a mark of the user's.
DROP TABLE words;
DROP TRIGGER turns_insert;
DROP TRIGGER turns_delete;
DROP TRIGGER turns_update_old;
DROP TRIGGER turns_update_new;
DROP INDEX turns_asked;
ALTER TABLE turns RENAME TO turns_1;

-- One row for each turn. There is deliberately no column that could hold what
-- was on the screen, a selection or sound. The texts come last: what is read
-- without them is not far away.
CREATE TABLE turns (
	n            INTEGER PRIMARY KEY,          -- the row of the index; sorts by time
	id           TEXT    NOT NULL UNIQUE,      -- sorts by time
	asked_ms     INTEGER NOT NULL,             -- Unix time in milliseconds
	conversation TEXT    NOT NULL,             -- the ID of its first turn
	place        BLOB,                         -- keyed hash of program and title; null if there was no title
	pinned       INTEGER NOT NULL,             -- 1: kept, however old
	app          TEXT    NOT NULL,             -- the program that was asked about
	host         TEXT    NOT NULL,             -- where the question went
	engine       TEXT    NOT NULL,
	model        TEXT    NOT NULL,
	outcome      TEXT    NOT NULL,
	look         INTEGER NOT NULL,             -- 1: no words of the user's
	usage        TEXT    NOT NULL,             -- JSON, or null
	timings      TEXT    NOT NULL,             -- JSON
	question     TEXT    NOT NULL,
	answer       TEXT    NOT NULL,
	heard        TEXT    NOT NULL,             -- the part of the answer that was spoken, when it was cut off

	-- Milliseconds from key-up, 0 if it was not reached.
	request      INTEGER AS (timings ->> '$.request'),
	transcript   INTEGER AS (timings ->> '$.transcript'),
	first_text   INTEGER AS (timings ->> '$.first_text'),
	first_sound  INTEGER AS (timings ->> '$.first_sound'),
	done         INTEGER AS (timings ->> '$.done')
) STRICT;

CREATE INDEX turns_asked ON turns (id) WHERE outcome = 'asked';
CREATE INDEX turns_pinned ON turns (n) WHERE pinned;
CREATE INDEX turns_conversation ON turns (conversation);
CREATE INDEX turns_place ON turns (place) WHERE place IS NOT NULL;
CREATE INDEX turns_times ON turns (asked_ms, engine, model, request, transcript, first_text, first_sound, done);

-- The words of a turn, one after the other, as words.go splits them: it knows
-- languages without spaces. The texts themselves are not kept twice.
CREATE VIRTUAL TABLE words USING fts5 (
	body,
	content = '', columnsize = 0,
	prefix = '1 2 3',
	tokenize = "ascii tokenchars '+#'"
);

-- Without this, what is deleted stays in the index until it happens to be
-- merged.
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

-- One row.
CREATE TABLE state (
	key    BLOB    NOT NULL,              -- of the places: without it a title could be guessed from its hash
	untidy INTEGER NOT NULL               -- 1: the index still has words that were deleted
) STRICT;
INSERT INTO state VALUES (randomblob(32), 0);

-- What the turns of a day cost: numbers, no words. A turn that is deleted, or
-- never kept, has been paid for all the same.
CREATE TABLE spent (
	day      TEXT    NOT NULL,             -- of the user's calendar: 2026-11-25
	engine   TEXT    NOT NULL,
	model    TEXT    NOT NULL,
	currency TEXT    NOT NULL,             -- "" if nobody knows the price
	turns    INTEGER NOT NULL,
	input    INTEGER NOT NULL,             -- tokens
	output   INTEGER NOT NULL,             -- likewise
	cost     REAL    NOT NULL,
	PRIMARY KEY (day, engine, model, currency)
) STRICT, WITHOUT ROWID;
