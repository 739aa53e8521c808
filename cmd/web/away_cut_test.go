package main

import (
	"fmt"
	"net/http"

	"latchkey/internal/testkit"
)

// cutEverywhere ends the connections at each piece of what the process says to the database for one request, and at each
// piece of what it is answered, until a request gets through. Do gets a name for what it does.
func (a *away) cutEverywhere(do func(name string, request func(address string) answer)) {
	for _, answers := range []bool{false, true} {
		places, cut := 0, true
		for ; cut; places++ {
			do(fmt.Sprintf("new-%t-%03d", answers, places), func(address string) answer {
				a.proxy.CutAfter(places, answers)
				got := a.all.ask(a.t.Context(), address, a.session)
				cut = a.proxy.Cut()
				a.proxy.Set(testkit.Passing)
				return got
			})
		}
		a.t.Logf("cut at %d places, in answers: %t", places-1, answers)
	}
}

// creates makes an account, which is there as a whole or not at all; the same form again makes it in any case, once.
func (a *away) creates(name string, request func(address string) answer) {
	form := createForm(name)
	got := request(form)
	a.awaitReady(a.t, a.all)
	made := a.count("SELECT count(*) FROM accounts WHERE name = '" + name + "'")
	a.isWhole(name, made)
	wantEither(a.t, name, got, http.StatusSeeOther)
	if got.status == http.StatusSeeOther && made != 1 {
		a.t.Errorf("the answer says that %s was made, and it was not", name)
	}
	again := a.all.ask(a.t.Context(), form, a.session)
	remembered := made == 1 && got.status == http.StatusSeeOther && again.status == http.StatusSeeOther // the same answer
	if want := map[int]int{0: http.StatusSeeOther, 1: http.StatusOK}[made]; again.status != want && !remembered {
		a.t.Errorf("%s: the same form again: %d, %v; want %d", name, again.status, again.err, want)
	}
	a.isWhole(name, 1)
}

// isWhole counts everything that belongs to so many accounts of the name.
func (a *away) isWhole(name string, accounts int) {
	a.t.Helper()
	for query, want := range map[string]int{
		"SELECT count(*) FROM accounts WHERE name = '%s'":                                                    accounts,
		"SELECT count(*) FROM identifiers WHERE key LIKE '%s%%'":                                             2 * accounts,
		"SELECT count(*) FROM audit_events WHERE action = 'account-created' AND subject_name = '%s'":         accounts,
		"SELECT count(*) FROM submissions s JOIN accounts a ON a.id = s.account_id WHERE a.name = '%s'":      accounts,
		"SELECT count(*) FROM mails m JOIN accounts a ON a.id = m.account_id WHERE a.name = '%s'":            0,
		"SELECT count(*) FROM accounts WHERE name = '%s' AND password_hash <> '' AND password_id <> ''":      accounts,
		"SELECT count(*) FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.name = '%s'":         0,
		"SELECT count(*) FROM former_passwords f JOIN accounts a ON a.id = f.account_id WHERE a.name = '%s'": 0,
	} {
		if got := a.count(fmt.Sprintf(query, name)); got != want {
			a.t.Errorf("%s: %s counts %d, want %d", name, query, got, want)
		}
	}
}

// blacklists gives the last wrong password that the policy allows. Block, audit event and mail are all there, or none.
func (a *away) blacklists(name string, request func(address string) answer) {
	for _, statement := range []string{
		"UPDATE accounts SET failed_attempts = 9, failed_in_row = 9, blocked_at = NULL, blocked_until = NULL WHERE name = 'eve'",
		"DELETE FROM reservations", "DELETE FROM mails", "DELETE FROM audit_events",
	} {
		if _, err := a.tables.ExecContext(a.t.Context(), statement); err != nil {
			a.t.Fatal(err)
		}
	}
	got := request(address("/sign-in", "name", "eve", "password", "Wrong-Guess-1"))
	a.awaitReady(a.t, a.all)
	wantEither(a.t, name, got, http.StatusUnprocessableEntity)
	blocked := a.count("SELECT count(*) FROM accounts WHERE name = 'eve' AND blocked_at IS NOT NULL AND failed_attempts = 10")
	if blocked == 0 && got.status == http.StatusUnprocessableEntity {
		a.t.Errorf("%s: a wrong password was not counted", name)
	}
	for _, query := range []string{
		"SELECT count(*) FROM audit_events WHERE action = 'sign-in-failed'",
		"SELECT count(*) FROM audit_events WHERE action = 'blacklisted'", "SELECT count(*) FROM mails",
	} {
		if n := a.count(query); n != blocked {
			a.t.Errorf("%s: %s counts %d, and %d is blacklisted", name, query, n, blocked)
		}
	}
}
