package models_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/models"
)

var cutoffs = models.Cutoffs{
	Now: base, Today: today, OneTime: base.Add(-time.Hour), OneTimeDay: today, Account: base.Add(-time.Hour), Technical: base, SuperAdmin: base.Add(-time.Hour),
}

// dueNow are expired passwords of customers.
var dueNow = models.DueNotice{Group: models.PasswordGroup{Kind: models.Customer}, Today: today, After: base.AddDate(-1, 0, 0), UpTo: base}

// inactivity finds accounts that are not used.
var inactivity = models.Inactivity{Today: today, Notify: base, Disable: base, Notified: base}

func listOf(filter models.AccountFilter) func(*models.Tx) error {
	filter.Cutoffs, filter.Limit = cutoffs, 50
	return func(tx *models.Tx) error { _, err := tx.ListAccounts(filter); return err }
}

// auditOf reads events of one account.
func auditOf(filter models.AuditFilter) func(*models.Tx) error {
	filter.SubjectID, filter.Limit = "a7", 60
	return func(tx *models.Tx) error { _, err := tx.ListAudit(filter); return err }
}

// TestQueriesUseAnIndex: the cost of queries of pages and sweeps depends on their results, not on the table: they use an
// index, and never sort the whole table.
func TestQueriesUseAnIndex(t *testing.T) {
	tests := map[string]struct {
		use   func(*models.Tx) error
		index string
		sorts bool // a few rows that an index found may be sorted
	}{
		"by name":     {listOf(models.AccountFilter{}), "accounts_by_name", false},
		"next page":   {listOf(models.AccountFilter{After: &models.AccountCursor{Name: "n", ID: "i"}}), "accounts_by_name", false},
		"page before": {listOf(models.AccountFilter{Before: &models.AccountCursor{Name: "n", ID: "i"}}), "accounts_by_name", false},
		"newest":      {listOf(models.AccountFilter{Sort: models.Newest}), "accounts_by_age", false},
		"older":       {listOf(models.AccountFilter{Sort: models.Newest, After: &models.AccountCursor{At: base, ID: "i"}}), "accounts_by_age", false},
		"oldest":      {listOf(models.AccountFilter{Sort: models.Oldest}), "accounts_by_age", false},
		"by expiry":   {listOf(models.AccountFilter{Sort: models.ByPasswordAge}), "accounts_by_password_age", false},
		"tenant":      {listOf(models.AccountFilter{OrganizationID: "o"}), "accounts_by_organization_name", false},
		"tenant, new": {listOf(models.AccountFilter{OrganizationID: "o", Sort: models.Newest}), "accounts_by_organization_age", false},
		"tenant, by password age": {listOf(models.AccountFilter{OrganizationID: "o", Sort: models.ByPasswordAge}),
			"accounts_of_organization_by_expiration (organization_id=? AND technical=?", false},
		"tenant, blocked": {listOf(models.AccountFilter{OrganizationID: "o", State: models.Blacklisted, Cutoffs: cutoffs}),
			"accounts_of_organization_blocked", false},
		"tenant, one-time": {listOf(models.AccountFilter{OrganizationID: "o", State: models.OneTimeLapsed, Cutoffs: cutoffs}),
			"accounts_of_organization_one_time", false},
		"tenant, counts lapsed": {func(tx *models.Tx) error {
			_, err := tx.CountAccounts(models.AccountFilter{OrganizationID: "o", State: models.OneTimeLapsed, Cutoffs: cutoffs}, 9)
			return err
		}, "accounts_of_organization_one_time", false},
		"tenant, has customers": {func(tx *models.Tx) error {
			_, err := tx.CountAccounts(models.AccountFilter{OrganizationID: "o", Kind: models.Customer}, 1)
			return err
		}, "(organization_id=?)", false},
		"technical": {listOf(models.AccountFilter{Technical: true}), "accounts_technical", false},
		"expired": {listOf(models.AccountFilter{State: models.Expired, Sort: models.ByPasswordAge, Cutoffs: cutoffs}),
			"accounts_by_expiration (kind=? AND technical=? AND password_set_at>? AND password_set_at<?)", false},
		"no factor": {listOf(models.AccountFilter{Factor: models.NoFactor}), "accounts_without_factor_name", false},
		"an app":    {listOf(models.AccountFilter{Factor: models.TOTPFactor}), "accounts_with_app", false},
		"a passkey": {listOf(models.AccountFilter{Factor: models.PasskeyFactor}), "accounts_with_passkey", false},
		"no factor, of a kind": {listOf(models.AccountFilter{Factor: models.NoFactor, Kind: models.Customer}),
			"accounts_without_factor (kind=?)", false},
		"no factor, newest":    {listOf(models.AccountFilter{Factor: models.NoFactor, Sort: models.Newest}), "COVERING INDEX factors_confirmed", false},
		"an app, of a kind":    {listOf(models.AccountFilter{Factor: models.TOTPFactor, Kind: models.Customer}), "accounts_with_app", false},
		"a passkey, by tenant": {listOf(models.AccountFilter{Factor: models.PasskeyFactor, OrganizationID: "o"}), "accounts_of_organization_with_passkey", false},
		"link sent":            {listOf(models.AccountFilter{Link: models.LinkSent}), "links_by_account", true},
		"kind":                 {listOf(models.AccountFilter{Kind: models.SuperAdmin}), "accounts_by_kind_name", false},
		"names of a kind that begin with a text": {listOf(models.AccountFilter{Kind: models.Organization, NamePrefix: "n"}),
			"accounts_by_kind_name (kind=? AND name_key>? AND name_key<?)", false},
		"disabled of a rare kind": {listOf(models.AccountFilter{Kind: models.SuperAdmin, State: models.Disabled}), "accounts_by_kind_name", false},
		"not yet valid":           {listOf(models.AccountFilter{State: models.NotYetValid}), "accounts_valid_from", false},
		"ended":                   {listOf(models.AccountFilter{State: models.Ended}), "accounts_valid_until", false},
		"disabled":                {listOf(models.AccountFilter{State: models.Disabled}), "accounts_disabled", false},
		"search": {func(tx *models.Tx) error {
			_, err := tx.CountAccounts(models.AccountFilter{Search: "some name"}, 9)
			return err
		}, "VIRTUAL TABLE", false},
		"external id": {listOf(models.AccountFilter{ExternalID: "c"}), "accounts_by_external_id", false},
		"external id of a tenant": {listOf(models.AccountFilter{ExternalID: "c", OrganizationID: "o"}),
			"accounts_by_external_id", false},
		"blacklisted": {func(tx *models.Tx) error {
			_, err := tx.CountAccounts(models.AccountFilter{State: models.Blacklisted, Cutoffs: cutoffs}, 9)
			return err
		}, "accounts_blocked", false},
		"due": {func(tx *models.Tx) error { _, err := tx.DueNotices(dueNow, 9); return err },
			"accounts_notice_due (technical=? AND kind=? AND expiry_notice=? AND password_set_at>? AND password_set_at<?)", false},
		"ends on a day": {listOf(models.AccountFilter{Ends: today}), "accounts_ending", false},
		"counts ends":   {func(tx *models.Tx) error { _, err := tx.CountEnding(today, today); return err }, "accounts_ending (valid_until=?)", true},
		"another ends": {func(tx *models.Tx) error {
			_, err := tx.OtherEnds(today, today, models.Account{ID: "a", Kind: models.SuperAdmin})
			return err
		}, "accounts_ending (valid_until=?)", true},
		"due ends": {func(tx *models.Tx) error { _, err := tx.EndsDue(today, "2026-03-16", 9); return err }, "accounts_end_due (valid_until<?)", false},
		"inactive, to be notified": {func(tx *models.Tx) error { _, err := tx.InactiveNoticesDue(inactivity, 9); return err },
			"accounts_inactive (active_at<?)", false},
		"inactive, to be disabled": {func(tx *models.Tx) error { _, err := tx.InactiveDue(inactivity, 9); return err },
			"accounts_inactive_noticed (inactive_notice_at<?)", false},
		"lapsed ones":      {listOf(models.AccountFilter{State: models.OneTimeLapsed, Cutoffs: cutoffs}), "accounts_one_time", false},
		"one-time ones":    {listOf(models.AccountFilter{State: models.OneTimeWaiting, Cutoffs: cutoffs}), "accounts_one_time", false},
		"blacklisted ones": {listOf(models.AccountFilter{State: models.Blacklisted, Cutoffs: cutoffs}), "accounts_blocked_name", false},
		"blocked without an end": {listOf(models.AccountFilter{State: models.Blacklisted, NoEnd: true, Cutoffs: cutoffs}),
			"accounts_blocked_name", false},
		"must change":  {listOf(models.AccountFilter{State: models.MustChange, Cutoffs: cutoffs}), "accounts_must_change", false},
		"no password":  {listOf(models.AccountFilter{State: models.NoPassword, Cutoffs: cutoffs}), "accounts_no_password", false},
		"ended blocks": {func(tx *models.Tx) error { _, err := tx.EndedBlocks(cutoffs, 9); return err }, "accounts_blocked", true},
		"lapsed":       {func(tx *models.Tx) error { _, err := tx.LapsedOneTime(cutoffs, 9); return err }, "accounts_lapse_due", false},
		"reserved":     {func(tx *models.Tx) error { _, err := tx.Reserved("a", "", base); return err }, "reservations_by_account", false},
		"reserving": {func(tx *models.Tx) error {
			_, err := tx.Reserve(models.Reservation{ID: "r", AccountID: new(string)}, 9, base)
			return err
		}, "reservations_by_account", false},
		"devices": {func(tx *models.Tx) error { _, err := tx.Devices("a", models.Trusted{Now: base}, 9); return err }, "devices_by_account", true},
		"known device": {func(tx *models.Tx) error {
			_, err := tx.DeviceByToken("a", []string{"t", "u"}, models.Trusted{Now: base})
			return err
		}, "sqlite_autoindex_devices_2", true},
		"history": {func(tx *models.Tx) error { _, err := tx.FormerPasswords("a", 9); return err }, "former_passwords_by_account", false},
		"audit of one": {func(tx *models.Tx) error {
			_, err := tx.ListAudit(models.AuditFilter{SubjectID: "a", Limit: 9})
			return err
		}, "audit_events_by_subject ", false},
		"time line": {auditOf(models.AuditFilter{WithoutRefusals: true}), "audit_events_but_failures ", false},
		"time line for a tenant": {auditOf(models.AuditFilter{WithoutRefusals: true, OrganizationID: "o"}),
			"audit_events_but_failures ", false},
		"failures of one": {auditOf(models.AuditFilter{Action: models.ActionSignInFailed}),
			"audit_events_by_subject_action ", false},
		"failures of one for a tenant": {auditOf(models.AuditFilter{Action: models.ActionSignInFailed, OrganizationID: "o"}),
			"audit_events_by_subject_action ", false},
		"failures beyond a number": {func(tx *models.Tx) error { _, err := tx.FailureAfter(100_000); return err },
			"COVERING INDEX audit_events_by_action", false},
		"failures to forget": {func(tx *models.Tx) error { _, err := tx.FailuresOfUnknownBrowsers("a", "b", 9); return err },
			"audit_events_unknown_failures (id>? AND id<?)", false},
		"secrets of other keys": {func(tx *models.Tx) error { _, err := tx.CountSealed("aa", "bb"); return err },
			"factors_by_sealing_key (<expr>>? AND <expr><?)", false},
		"failures chart": {func(tx *models.Tx) error {
			_, err := tx.CountFailures("o", []models.Span{{From: base, To: base.Add(time.Hour)}})
			return err
		}, "failure_counts", false},
		"sign-in":          {func(tx *models.Tx) error { _, err := tx.IdentifierOwner("k"); return err }, "sqlite_autoindex_identifiers_1", false},
		"emergency access": {func(tx *models.Tx) error { _, err := tx.ArmedCodes("o", "x", base, 5); return err }, "emergency_codes_ending", false},
		"secret links of one": {func(tx *models.Tx) error {
			_, err := tx.ListSecretLinks(models.SecretLinkFilter{MakerID: "o", Limit: 5})
			return err
		}, "secret_links_by_maker", false},
		"ended secret links":     {func(tx *models.Tx) error { return tx.DeleteSecretLinks(base) }, "secret_links_ended", false},
		"expired secret links":   {func(tx *models.Tx) error { return tx.ExpireSecretLinks(base, "2026-01-01") }, "secret_links_open", false},
		"secret links to end":    {func(tx *models.Tx) error { return tx.EndSecretLinks("o", base) }, "secret_links_by_account", false},
		"ended emergency access": {func(tx *models.Tx) error { _, err := tx.EndedEmergencyCodes(base, 5); return err }, "emergency_codes_ending", false},
		"confusable names": {func(tx *models.Tx) error { _, err := tx.Confusable("anna1", "anna1"); return err },
			"SEARCH reserved_skeletons USING PRIMARY KEY", false},
		"reserved keys":       {func(tx *models.Tx) error { _, err := tx.ReservedKeys("a", "b"); return err }, "sqlite_autoindex_reserved_keys_1", true},
		"deleted accounts":    {func(tx *models.Tx) error { _, err := tx.DeletedAccounts(base, "", "", 9); return err }, "sqlite_autoindex_deleted_accounts_1", false},
		"accounts to erase":   {func(tx *models.Tx) error { _, err := tx.DeletedUpTo(base, 9); return err }, "deleted_accounts_by_age", false},
		"mails to erase":      {func(tx *models.Tx) error { return tx.EraseDeleted("a") }, "mails_of_deleted", false},
		"erased mails to end": {func(tx *models.Tx) error { _, err := tx.DeleteErasedMails(base, 9); return err }, "mails_of_deleted", false},
		"change of a link":    {func(tx *models.Tx) error { _, err := tx.EmailChangeByLink("c"); return err }, "MULTI-INDEX OR", false},
		"newest change of an address": {func(tx *models.Tx) error { _, err := tx.NewestEmailChange("a"); return err },
			"email_changes_by_account", false},
		"ended changes of addresses": {func(tx *models.Tx) error { _, err := tx.EndedEmailChanges(base, 9); return err }, "email_changes_by_end", false},
		"counts unsettled": {func(tx *models.Tx) error { _, err := tx.Counts(models.CountQuery{Cutoffs: cutoffs}); return err },
			"accounts_unsettled_until (valid_until<?)", true},
		"to settle": {func(tx *models.Tx) error { _, err := tx.Unsettled(today, 9); return err }, "accounts_unsettled_until (valid_until<?)", true},
		"session": {func(tx *models.Tx) error {
			_, _, err := tx.SessionByToken("h", base, today)
			return err
		}, "sqlite_autoindex_sessions_", false},
	}
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	f.DB = f.Limited(-1, 1000, 10_000) // as if many accounts matched each filter: the table is empty
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plan := f.plan(test.use)
			if !strings.Contains(plan, test.index) {
				t.Errorf("%s is not used:\n%s", test.index, plan)
			}
			if strings.Contains(plan, "CO-ROUTINE accounts\n") { // the walk through an index, which this reads row by row
				plan = strings.Replace(plan, "SCAN accounts\n", "", 1)
			}
			for line := range strings.Lines(plan) {
				if strings.HasPrefix(line, "SCAN accounts\n") || strings.HasPrefix(line, "SCAN mails\n") {
					t.Errorf("the whole table is read:\n%s", plan)
				}
			}
			if !test.sorts && strings.Contains(plan, "USE TEMP B-TREE") {
				t.Errorf("all is sorted first:\n%s", plan)
			}
		})
	}
}

// TestCountsReadRanges: the counters, and ranges of indexes of accounts. PostgreSQL has many rows.
func TestCountsReadRanges(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.crowd(5000)
		for _, organization := range []string{"", models.DefaultOrganizationID} {
			plan := f.plan(func(tx *models.Tx) error {
				_, err := tx.Counts(models.CountQuery{OrganizationID: organization, Cutoffs: cutoffs, Passwords: []models.PasswordSpan{spanOf(48, 24)}})
				return err
			})
			if strings.Contains(plan, "SCAN accounts") || strings.Contains(plan, "Seq Scan on accounts") || strings.Contains(plan, "accounts_by_organization_age") {
				t.Errorf("all accounts are read:\n%s", plan)
			}
		}
		plan := f.plan(func(tx *models.Tx) error { _, err := tx.Unsettled(today, 9); return err })
		if strings.Contains(plan, "SCAN accounts") || strings.Contains(plan, "Seq Scan on accounts") {
			t.Errorf("all accounts are read to settle some:\n%s", plan)
		}
	})
}

// TestListsUseTheIndexOfTheirOrder: every order of the list walks an index of its own, whatever the filter, and forwards as well as
// backwards.
func TestListsUseTheIndexOfTheirOrder(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	f.DB = f.Limited(-1, 1000, 10_000)
	place := &models.AccountCursor{Name: "n", Text: "t", At: base, ID: "i"}
	for sort, indexes := range map[models.AccountSort][2]string{
		models.ByName:        {"accounts_by_name", "accounts_by_organization_name"},
		models.Newest:        {"accounts_by_age", "accounts_by_organization_age"},
		models.ByPasswordAge: {"accounts_by_password_age", "accounts_of_organization_by_expiration"},
		models.ByExpiration:  {"accounts_by_expiration", "accounts_of_organization_by_expiration"},
		models.ByBlockEnd:    {"accounts_blocked", "accounts_of_organization_blocks"},
		models.ByLastDay:     {"accounts_ending", "accounts_of_organization_ending"},
		models.ByLastSignIn:  {"accounts_by_sign_in", "accounts_of_organization_by_sign_in"},
		models.ByEmail:       {"accounts_by_email", "accounts_of_organization_by_email"},
	} {
		for i, owner := range []string{"", "o"} {
			for _, sort := range []models.AccountSort{sort, sort.Reversed()} {
				for _, state := range append(models.States(), "") {
					for _, filter := range []models.AccountFilter{{}, {After: place}, {Before: place}, {Before: &models.AccountCursor{End: true}}} {
						filter.Sort, filter.OrganizationID, filter.State = sort, owner, state
						plan := f.plan(listOf(filter))
						own := strings.Contains(strings.ReplaceAll(plan, "\n", " "), indexes[i]+" ") ||
							strings.Contains(plan, "one_time_by_age") || strings.Contains(plan, "accounts_by_expiration")
						atEnd := filter.Before != nil && filter.Before.End // which is in the part without the value
						if !own && !atEnd && (sort != models.ByName && sort != models.ByName.Reversed() || state == "") || strings.Contains(plan, "TEMP B-TREE") {
							t.Errorf("%s of %q, %s, %+v:\n%s", sort, owner, state, filter, plan)
						}
					}
				}
			}
		}
	}
}

// TestFewAccountsAreSorted: if the index of a filter finds few accounts, the list reads all of them.
func TestFewAccountsAreSorted(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	for index, filter := range map[string]models.AccountFilter{
		"accounts_disabled":                       {State: models.Disabled, Sort: models.Newest},
		"accounts_starting (valid_from>?)":        {State: models.NotYetValid, Cutoffs: cutoffs},
		"accounts_ending (valid_until<?)":         {State: models.Ended, Cutoffs: cutoffs},
		"accounts_one_time_by_age":                {State: models.OneTimeLapsed},
		"accounts_by_password_age":                {State: models.Expired, Sort: models.ByName},
		"accounts_of_organization_by_expiration":  {State: models.Expired, OrganizationID: "o"},
		"accounts_of_organization_must_change":    {State: models.MustChange, OrganizationID: "o", Sort: models.ByEmail},
		"accounts_of_organization_technical":      {Technical: true, OrganizationID: "o", Sort: models.Oldest},
		"accounts_by_kind_name":                   {Kind: models.Organization, Sort: models.ByLastSignIn},
		"accounts_with_app":                       {Factor: models.TOTPFactor, Sort: models.Newest},
		"accounts_of_organization_no_password":    {State: models.NoPassword, OrganizationID: "o", Sort: models.ByPasswordAge},
		"accounts_of_organization_blocked (organ": {State: models.Blacklisted, OrganizationID: "o", Sort: models.ByExpiration},
	} {
		if plan := f.plan(listOf(filter)); !strings.Contains(plan, index) || !strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s is not used:\n%s", index, plan)
		}
	}
}

// TestPostgresListsUseAnIndex: the same for the orders of the list where PostgreSQL has many rows.
func TestPostgresListsUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	const many = `INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, created_at, password_hash,
		password_set_at, has_factor, has_app) SELECT 'a' || n, 'customer', 'n' || n, 'n' || n, '', '', '%s', now(), 'h', now(), n %% 100 > 0, n %% 100 > 0
		FROM generate_series(1, 5000) n`
	for _, statement := range []string{fmt.Sprintf(many, models.DefaultOrganizationID),
		"UPDATE accounts SET blocked_at = now(), blocked_until = '2999-01-01' WHERE id LIKE 'a1%'", "ANALYZE"} {
		if _, err := f.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for index, use := range map[string]func(*models.Tx) error{
		"accounts_by_name":          listOf(models.AccountFilter{After: &models.AccountCursor{Name: "n", ID: "i"}}),
		"accounts_by_age":           listOf(models.AccountFilter{Sort: models.Newest}),
		"accounts_by_password_age":  listOf(models.AccountFilter{Sort: models.ByPasswordAge}),
		"accounts_without_factor":   listOf(models.AccountFilter{Factor: models.NoFactor}),
		"accounts_with_passkey":     listOf(models.AccountFilter{Factor: models.PasskeyFactor}),
		"accounts_inactive ":        func(tx *models.Tx) error { _, err := tx.InactiveNoticesDue(inactivity, 9); return err },
		"accounts_inactive_noticed": func(tx *models.Tx) error { _, err := tx.InactiveDue(inactivity, 9); return err },
		"accounts_end_due":          func(tx *models.Tx) error { _, err := tx.EndsDue(today, "2026-03-16", 9); return err },
		"accounts_blocked":          func(tx *models.Tx) error { _, err := tx.EndedBlocks(cutoffs, 9); return err },
		"accounts_notice_due": func(tx *models.Tx) error { // none, while all others are older
			due := models.DueNotice{Group: models.PasswordGroup{Kind: models.Customer, Technical: true}, Today: today, After: base, UpTo: base.AddDate(99, 0, 0)}
			_, err := tx.DueNotices(due, 9)
			return err
		},
	} {
		if plan := f.plan(use); !strings.Contains(plan, index) {
			t.Errorf("%s is not used:\n%s", index, plan)
		}
	}
}

// TestPostgresOrdersUseAnIndex: no order of the list, nor its continuation half way, sorts more than a few of 20,000 accounts.
func TestPostgresOrdersUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	f.DB = f.Limited(-1, 1000, 10_000)
	const owners = `INSERT INTO accounts (id, kind, name, name_key, email, email_key, created_at, password_hash)
		SELECT 'o' || n, 'organization', 'o' || n, 'o' || n, '', 'o' || n, now(), '' FROM generate_series(1, 20) n`
	const customers = `INSERT INTO accounts (id, kind, technical, name, name_key, email, email_key, organization_id, created_at, password_hash,
			password_set_at, last_sign_in_at, blocked_at, blocked_until, valid_until)
		SELECT 'a' || n, 'customer', n %% 3 = 0, 'n' || n, 'n' || n, '', 'm' || n, 'o' || (1 + n %% 20), %[1]s, 'h', %[1]s, %[1]s, %[1]s, %[1]s, CASE WHEN n %% 2 = 0 THEN '2030-01-' || 10 + n %% 20 ELSE '' END
		FROM generate_series(1, 20000) n`
	for _, statement := range []string{owners, fmt.Sprintf(customers, "timestamptz '2026-03-09' - n * interval '1 minute'"), "VACUUM ANALYZE accounts"} {
		if _, err := f.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, sort := range models.AccountSorts() {
		for _, owner := range []string{"", "o7"} {
			halfWay := &models.AccountCursor{Name: "n7", Text: "m7", At: base, ID: "a7"}
			if strings.HasSuffix(string(sort), string(models.ByLastDay)) {
				halfWay.Text = "2030-01-20"
			}
			for _, after := range []*models.AccountCursor{nil, halfWay} {
				plan := f.plan(listOf(models.AccountFilter{Sort: sort, OrganizationID: owner, After: after}))
				if strings.Contains(plan, "Seq Scan") || sortsMany.MatchString(plan) {
					t.Errorf("%s of %q after %v:\n%s", sort, owner, after, plan)
				}
			}
		}
	}
}

// sortsMany matches a plan that sorts a thousand rows or more.
var sortsMany = regexp.MustCompile(`Sort {2}\(.* rows=\d{4,} `)

// TestPostgresMailFiguresUseAnIndex: counts of mails use an index, also with a long history and many that wait.
func TestPostgresMailFiguresUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	const many = `INSERT INTO mails (id, template, once_key, account_name, recipient, locale, data, message_id, created_at, next_try_at, state)
		SELECT lpad(n::text, 9, '0'), '', n, '', '', '', '{}', '', now(), now(), CASE WHEN n > 18000 THEN 'waiting' ELSE 'sent' END
		FROM generate_series(1, 20000) n`
	for _, statement := range []string{many, "ANALYZE"} {
		if _, err := f.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for index, use := range map[string]func(*models.Tx) error{
		"mails_due":      func(tx *models.Tx) error { _, _, err := tx.CountWaitingMails(base, 9); return err },
		"mails_by_state": func(tx *models.Tx) error { _, err := tx.OldestWaitingMail(base); return err },
	} {
		if plan := f.plan(use); !strings.Contains(plan, index) || strings.Contains(plan, "Sort") {
			t.Errorf("%s is not used:\n%s", index, plan)
		}
	}
}

// TestPostgresTimelinesUseAnIndex: the same for an account with very many failed sign-ins.
func TestPostgresTimelinesUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	const many = `INSERT INTO audit_events (id, at, action, actor_id, actor_name, subject_id, subject_name, organization_id, detail,
		address, request_id) SELECT lpad(n::text, 9, '0'), now(), CASE WHEN n % 500 = 0 THEN 'edited' ELSE 'sign-in-failed' END,
		'', '', CASE WHEN n % 4 = 0 THEN 'a' || n ELSE 'a7' END, '', 'o', '{}', '', '' FROM generate_series(1, 20000) n`
	for _, statement := range []string{many, "ANALYZE"} {
		if _, err := f.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, organization := range []string{"", "o"} {
		others := f.plan(auditOf(models.AuditFilter{WithoutRefusals: true, OrganizationID: organization}))
		if !strings.Contains(others, "audit_events_but_failures") {
			t.Errorf("all failures are read for what is not one:\n%s", others)
		}
		failures := f.plan(auditOf(models.AuditFilter{Action: models.ActionSignInFailed, OrganizationID: organization}))
		if !strings.Contains(failures, "Index") || strings.Contains(failures, "Sort") {
			t.Errorf("all is sorted first:\n%s", failures)
		}
	}
}

// plan returns how the engine means to carry out what a query runs, with the settings of its transaction.
func (f *fixture) plan(use func(*models.Tx) error) string {
	f.Helper()
	statements, _ := f.Statements(f.Context(), use)
	tx := must(f.SQL().BeginTx(f.Context(), nil))(f)
	defer func() { _ = tx.Rollback() }()
	explain := "EXPLAIN QUERY PLAN "
	if f.Engine() == models.Postgres {
		explain = "EXPLAIN "
	}
	var lines []string
	for _, statement := range statements {
		if strings.HasPrefix(statement, "SET ") {
			must(tx.ExecContext(f.Context(), statement))(f)
			continue
		}
		lines = append(lines, stringsOf(f, tx, explain+statement)...)
	}
	return strings.Join(lines, "\n") + "\n"
}
