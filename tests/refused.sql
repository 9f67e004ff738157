-- What the database refuses, and the word by which it is told that it is for this reason.

-- an approval by the clerk
-- own work|only supervisors
INSERT INTO reviewapp_approval (submission_id, version, digest, by_id, at) VALUES (:reviewed,
:next, 'sha256:0', :clerk, :now);

-- an approval by an administrator
-- only supervisors approve
INSERT INTO reviewapp_approval (submission_id, version, digest, by_id, at) VALUES (:reviewed,
:next, 'sha256:0', :admin, :now);

-- a status without an approval
-- a record is approved by an approval of what it is
UPDATE reviewapp_submission SET status = 'approved', version = :next, approved_by_id =
:supervisor2, approved_at = :now WHERE id = :reviewed;

-- a status by whom nobody is named
-- a record is approved by an approval of what it is
UPDATE reviewapp_submission SET status = 'approved' WHERE id = :reviewed;

-- a second approval of the same
-- it is approved already
INSERT INTO reviewapp_approval (submission_id, version, digest, by_id, at) VALUES (:approved,
99, 'sha256:0', :supervisor2, :now);

-- another approver's name
-- a record is approved by an approval of what it is
UPDATE reviewapp_submission SET approved_by_id = :supervisor2 WHERE id = :approved;

-- an approved record's version
-- a record is approved by an approval of what it is
UPDATE reviewapp_submission SET version = version + 1 WHERE id = :approved;

-- a record that begins approved
-- a record is approved by an approval of what it is
INSERT INTO reviewapp_submission SELECT * FROM reviewapp_submission WHERE id = :approved;

-- an approval of another person
-- history is never changed
UPDATE reviewapp_approval SET by_id = :supervisor2 WHERE id = :approval;

-- an event's person
-- history is never changed
UPDATE reviewapp_event SET by_id = :supervisor WHERE submission_id = :reviewed;

-- an event's time
-- history is never changed
UPDATE reviewapp_event SET at = :now WHERE submission_id = :reviewed;

-- an event's words
-- history is never changed
UPDATE reviewapp_event SET new = 'x' WHERE submission_id = :reviewed;

-- an event's bond
-- history is never changed
UPDATE reviewapp_event SET previous = '' WHERE submission_id = :reviewed;

-- an event taken away
-- history is never deleted
DELETE FROM reviewapp_event WHERE submission_id = :reviewed;

-- all events taken away
-- history is never deleted
DELETE FROM reviewapp_event;

-- a correction's value
-- history is never changed
UPDATE reviewapp_correction SET new_value = '45';

-- a correction taken away
-- history is never deleted
DELETE FROM reviewapp_correction;

-- an answer's text
-- history is never changed
UPDATE reviewapp_recognitionresult SET answer = '{}';

-- an answer taken away
-- history is never deleted
DELETE FROM reviewapp_recognitionresult WHERE submission_id = :approved;

-- an approval's digest
-- history is never changed
UPDATE reviewapp_approval SET digest = 'sha256:1' WHERE id = :approval;

-- an approval taken away
-- history is never deleted
DELETE FROM reviewapp_approval WHERE id = :approval;

-- an entry of the ledger
-- history is never changed
UPDATE reviewapp_ledgerentry SET digest = 'sha256:1';

-- an entry of the ledger taken away
-- history is never deleted
DELETE FROM reviewapp_ledgerentry;

-- a head of the ledger
-- history is never changed
UPDATE reviewapp_ledgerhead SET length = 1;

-- a head of the ledger taken away
-- history is never deleted
DELETE FROM reviewapp_ledgerhead;

-- two events of one number
-- event_number_once|it is there already
INSERT INTO reviewapp_event (chain_id, number, previous, kind, at, field_name, old, new, reason,
params, submission_id) SELECT chain_id, number, previous, kind, at, field_name, old, new,
reason, params, submission_id FROM reviewapp_event WHERE submission_id = :reviewed;

-- an approved value
-- an approved value is changed by a correction after approval
UPDATE reviewapp_field SET value = '李一' WHERE submission_id = :approved AND name =
'neonatal_name';

-- an approved value's mark
-- an approved value is changed by a correction after approval
UPDATE reviewapp_field SET mark = 'unsure' WHERE submission_id = :approved AND name =
'neonatal_name';

-- who verified an approved value
-- an approved value is changed by a correction after approval
UPDATE reviewapp_field SET verified_by_id = :clerk, verified_at = :now WHERE submission_id =
:approved AND name = 'neonatal_name';

-- why an approved value was kept
-- an approved value is changed by a correction after approval
UPDATE reviewapp_field SET override_reason = 'x' WHERE submission_id = :approved AND name =
'neonatal_name';

-- an approved value taken away
-- an approved value is changed by a correction after approval
DELETE FROM reviewapp_field WHERE submission_id = :approved AND name = 'neonatal_name';

-- an approved value put in
-- an approved value is changed by a correction after approval
INSERT INTO reviewapp_field (submission_id, name, position, read_value, value, parts,
alternatives, second_value, version, override_reason, mark, should_say) VALUES (:approved, 'x',
24, '', '', '[]', '[]', '', 1, '', '', '');

-- a finding on an approved record
-- an approved value is changed by a correction after approval
INSERT INTO reviewapp_flag (field_id, code, severity, names, params, proposals) SELECT id, 'x',
'I', '[]', '{}', '[]' FROM reviewapp_field WHERE submission_id = :approved AND name =
'neonatal_name';

-- an approval left without being voided
-- an approval is voided before its record goes on
UPDATE reviewapp_submission SET status = 'returned', version = 99 WHERE id = :approved;

-- another picture
-- it is fixed
UPDATE reviewapp_submission SET sha256 = 'f' WHERE id = :reviewed;

-- another picture's place
-- it is fixed
UPDATE reviewapp_submission SET original = 'x' WHERE id = :reviewed;

-- what was read
-- it is fixed
UPDATE reviewapp_field SET read_value = 'x' WHERE submission_id = :reviewed;

-- a person's name
-- it is fixed
UPDATE reviewapp_user SET username = 'other' WHERE id = :clerk;

-- a claim without its end
-- submission_claim_pair
UPDATE reviewapp_submission SET claimed_by_id = :clerk WHERE id = :reviewed;

-- a review without its clerk
-- submission_reviewed_pair
UPDATE reviewapp_submission SET reviewed_by_id = NULL WHERE id = :reviewed;

-- an approval without its time
-- submission_approved_pair
UPDATE reviewapp_submission SET approved_by_id = :supervisor WHERE id = :reviewed;

-- a verification by nobody
-- field_verified_pair
UPDATE reviewapp_field SET verified_at = :now, verified_by_id = NULL WHERE submission_id =
:reviewed;

-- a mark that decides, by nobody
-- field_mark_settles
UPDATE reviewapp_field SET mark = 'illegible', value = '', verified_by_id = NULL, verified_at =
NULL WHERE submission_id = :reviewed;

-- a blank with a value
-- field_mark_without_value
UPDATE reviewapp_field SET mark = 'blank', verified_by_id = :clerk, verified_at = :now, value =
'x' WHERE submission_id = :reviewed;

-- a wrong paper without what it should say
-- field_paper_wrong_pair
UPDATE reviewapp_field SET mark = 'paper_wrong', verified_by_id = :clerk, verified_at = :now
WHERE submission_id = :reviewed;

-- a chain with a length and no head
-- chain_head_with_length
UPDATE reviewapp_chain SET head = '';

-- an amendment decided by who asked
-- amendment_four_eyes
INSERT INTO reviewapp_amendment (submission_id, version, asked_by_id, asked_at, reason,
evidence, evidence_note, outcome, decided_by_id, decided_at, decision_note) VALUES (:approved,
1, :clerk, :now, 'x', 'decision', 'x', 'approved', :clerk, :now, '');

-- an amendment decided by nobody
-- amendment_decided_whole
INSERT INTO reviewapp_amendment (submission_id, version, asked_by_id, asked_at, reason,
evidence, evidence_note, outcome, decision_note) VALUES (:approved, 1, :clerk, :now, 'x',
'decision', 'x', 'approved', '');

-- an event put in another's place
-- it is there already|event_pkey|event_number_once
INSERT INTO reviewapp_event SELECT * FROM reviewapp_event WHERE submission_id = :reviewed;

-- a record taken away
-- history is never deleted
DELETE FROM reviewapp_submission WHERE id = :reviewed;

-- a chain taken away
-- history is never deleted
DELETE FROM reviewapp_chain;
