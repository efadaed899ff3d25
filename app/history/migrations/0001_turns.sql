-- One row for each turn. There is deliberately no column that could hold what
-- was on the screen, a selection or sound.
CREATE TABLE turns (
	n        INTEGER PRIMARY KEY,          -- the row of the index
	id       TEXT    NOT NULL UNIQUE,      -- sorts by time
	asked_ms INTEGER NOT NULL,             -- Unix time in milliseconds
	question TEXT    NOT NULL,
	answer   TEXT    NOT NULL,
	heard    TEXT    NOT NULL,             -- the part of the answer that was spoken, when it was cut off
	outcome  TEXT    NOT NULL,
	engine   TEXT    NOT NULL,
	model    TEXT    NOT NULL,
	app      TEXT    NOT NULL,             -- the program that was asked about
	look     INTEGER NOT NULL,             -- 1: no words of the user's
	usage    TEXT    NOT NULL,             -- JSON, or null
	timings  TEXT    NOT NULL              -- JSON
) STRICT;

CREATE INDEX turns_asked ON turns (id) WHERE outcome = 'asked';

-- Three letters at a time, so that words are found by any part of them and in
-- languages without spaces.
CREATE VIRTUAL TABLE words USING fts5 (
	question, answer,
	content = 'turns', content_rowid = 'n',
	tokenize = 'trigram remove_diacritics 1'
);

-- Without this, what is deleted stays in the index until it happens to be
-- merged.
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

-- A turn is indexed once it has ended: an answer that is still growing would
-- be indexed again with every update.
CREATE TRIGGER turns_insert AFTER INSERT ON turns WHEN new.outcome <> 'asked' BEGIN
	INSERT INTO words (rowid, question, answer) VALUES (new.n, new.question, new.answer);
END;

CREATE TRIGGER turns_delete AFTER DELETE ON turns WHEN old.outcome <> 'asked' BEGIN
	INSERT INTO words (words, rowid, question, answer) VALUES ('delete', old.n, old.question, old.answer);
END;

CREATE TRIGGER turns_update_old BEFORE UPDATE OF n, question, answer, outcome ON turns WHEN old.outcome <> 'asked' BEGIN
	INSERT INTO words (words, rowid, question, answer) VALUES ('delete', old.n, old.question, old.answer);
END;

CREATE TRIGGER turns_update_new AFTER UPDATE OF n, question, answer, outcome ON turns WHEN new.outcome <> 'asked' BEGIN
	INSERT INTO words (rowid, question, answer) VALUES (new.n, new.question, new.answer);
END;
