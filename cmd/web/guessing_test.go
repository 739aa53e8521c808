package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestParallelGuessingAcrossProcesses: however many guess at the same moment, by whichever of an account's names and in
// whichever process, the policy's ten are evaluated and not one more; then the correct password is refused as well.
func TestParallelGuessingAcrossProcesses(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.Postgres)
	p.timings.Hash = halfHash() // so that many guesses wait for one at the same moment
	p.seed("root")
	pair := []*process{p.process(), p.process()}
	for run := range testkit.Times(1, 50) {
		ada := p.seed(fmt.Sprint("ada-", run))[0]
		guessInBoth(t, pair, ada, testkit.Times(120, 400))
		refusedInBoth(t, pair, ada)
	}
}

func guessInBoth(t *testing.T, pair []*process, ada models.Account, guesses int) {
	t.Helper()
	names := []string{ada.Name, strings.ToUpper(ada.Name), ada.Email, strings.ToUpper(ada.Email)}
	both := []*visitors{pair[0].visitors(t, guesses), pair[1].visitors(t, guesses)}
	testkit.Together(guesses, func(i int) {
		got := both[i%2].insist(t.Context(), names[i/2%len(names)], fmt.Sprint("Wrong-Guess-", i))
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("guess %d: %d, %v", i, got.status, got.err)
		}
	})
	got, want := reasons(t, pair[0], ada), map[string]int{"wrong-password": 10, "blacklisted": guesses - 10}
	t.Logf("%s: %v", ada.Name, got)
	if !maps.Equal(got, want) {
		t.Errorf("%s: %v, want %v", ada.Name, got, want)
	}
}

func refusedInBoth(t *testing.T, pair []*process, ada models.Account) {
	t.Helper()
	for i, one := range pair {
		got := one.visitors(t, 1).insist(t.Context(), ada.Name, testapp.Secret)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("process %d answered the right password while blacklisted %d, %v", i, got.status, got.err)
		}
	}
	if mails := pair[0].DB.Count(t, "SELECT count(*) FROM mails WHERE account_id = '"+ada.ID+"'"); mails != 1 {
		t.Errorf("%d mails say that %s is blacklisted", mails, ada.Name)
	}
}

// reasons counts the account's failed sign-ins by why they failed.
func reasons(t *testing.T, r *process, account models.Account) map[string]int {
	t.Helper()
	page, err := r.DB.Read(t.Context()).ListAudit(models.AuditFilter{
		SubjectID: account.ID, Action: core.ActionSignInFailed, Limit: 10_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, event := range page.Rows {
		counts[event.Detail["reason"]]++
	}
	return counts
}
