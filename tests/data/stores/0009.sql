CREATE TABLE feedsvc_revision (version_num VARCHAR(32) NOT NULL, CONSTRAINT feedsvc_revision_pkc PRIMARY KEY (version_num));
CREATE TABLE editions (number INTEGER NOT NULL PRIMARY KEY, time BIGINT NOT NULL, next_moment BIGINT);
CREATE TABLE bodies (digest TEXT NOT NULL PRIMARY KEY, html TEXT NOT NULL);
CREATE TABLE records (
    id TEXT NOT NULL PRIMARY KEY, page TEXT NOT NULL, path TEXT NOT NULL, published BIGINT NOT NULL,
    updated BIGINT NOT NULL, settled BOOLEAN NOT NULL, present BOOLEAN NOT NULL, withdrawn BIGINT, stamp TEXT NOT NULL,
    source TEXT NOT NULL, body TEXT NOT NULL, article TEXT NOT NULL, listed BOOLEAN NOT NULL, changed BIGINT,
    former TEXT NOT NULL, passages TEXT NOT NULL, markdown TEXT,
    CONSTRAINT records_body FOREIGN KEY (body) REFERENCES bodies (digest)
);
CREATE INDEX ix_records_body ON records (body);
CREATE INDEX ix_records_markdown ON records (markdown);
CREATE TABLE responses (
    path TEXT NOT NULL PRIMARY KEY, edition INTEGER NOT NULL, dropped BOOLEAN NOT NULL, status INTEGER NOT NULL,
    headers TEXT NOT NULL, last_modified BIGINT NOT NULL, file TEXT, hot BOOLEAN NOT NULL, key TEXT NOT NULL,
    digest TEXT NOT NULL, codings TEXT NOT NULL, content {BYTES} NOT NULL
);
CREATE INDEX ix_responses_edition ON responses (edition);
CREATE TABLE lease (place INTEGER NOT NULL PRIMARY KEY, holder TEXT, term BIGINT NOT NULL, expires BIGINT NOT NULL);
CREATE TABLE desk (
    place INTEGER NOT NULL PRIMARY KEY, report TEXT, wish INTEGER NOT NULL, consent TEXT NOT NULL,
    served INTEGER NOT NULL
);
CREATE TABLE seats (channel TEXT NOT NULL, record TEXT NOT NULL, seat INTEGER NOT NULL, PRIMARY KEY (channel, record));
CREATE TABLE deltas (
    path TEXT NOT NULL PRIMARY KEY, edition INTEGER NOT NULL, versions TEXT NOT NULL, steps TEXT NOT NULL,
    pieces TEXT NOT NULL, content {BYTES} NOT NULL
);
CREATE TABLE tickets (
    digest TEXT NOT NULL PRIMARY KEY, channel TEXT NOT NULL, hint TEXT NOT NULL, name TEXT NOT NULL,
    made BIGINT NOT NULL, revoked BIGINT
);
INSERT INTO lease VALUES (1, NULL, 0, 0);
INSERT INTO desk VALUES (1, NULL, 0, '{}', 0);
INSERT INTO feedsvc_revision VALUES ('0009');
