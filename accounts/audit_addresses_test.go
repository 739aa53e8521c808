package accounts_test

import (
	"strings"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// TestWhoseAddressesAreShown: an organization sees where it works from itself, and from where its customers and unknown browsers
// come; not where its SuperAdmins work from, also after they are deleted.
func TestWhoseAddressesAreShown(t *testing.T) {
	from := func(actor core.Actor, address string) core.Actor {
		actor.Address = address
		return actor
	}
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		olga := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "olga"})
		for actor, address := range map[*core.Actor]string{
			new(as(olga)): "203.0.113.1", new(w.root): "203.0.113.2", new(as(acme)): "203.0.113.3",
		} {
			if err := w.Sessions.EndAll(t.Context(), from(*actor, address), ada.ID); err != nil {
				t.Fatal(err)
			}
		}
		must(w.ResetPassword(t.Context(), from(w.root, "203.0.113.2"), acme.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 2"}, ""))(t)
		must(w.Sessions.SignIn(t.Context(), "ada", secret, core.ClientInfo{Address: "203.0.113.4"}))(t)
		if _, err := w.Sessions.SignIn(t.Context(), "ada", "wrong", core.ClientInfo{Address: "203.0.113.5"}); err == nil {
			t.Fatal("a wrong password opens")
		}
		if err := w.Delete(t.Context(), w.root, olga.ID, "olga"); err != nil {
			t.Fatal(err)
		}
		w.exec("UPDATE audit_events SET address = '' WHERE address = '" + visit.Address + "'")
		seen := func(events []models.AuditEvent, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			all := map[string]bool{}
			for _, event := range events {
				all[event.Address] = true
			}
			var list []string
			for _, address := range []string{"203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5"} {
				if all[address] {
					list = append(list, address[len(address)-1:])
				}
			}
			return strings.Join(list, " ")
		}
		for _, reader := range []struct {
			actor core.Actor
			want  string
		}{{as(acme), "3 4 5"}, {w.root, "1 2 3 4 5"}, {core.CommandLine, "1 2 3 4 5"}} {
			log, err := w.Audit(t.Context(), reader.actor, models.AuditFilter{Limit: 99})
			if got := seen(log.Rows, err); got != reader.want {
				t.Errorf("%s sees in the log %s, want %s", reader.actor.Name, got, reader.want)
			}
			timeline, err := w.Dashboard.Timeline(t.Context(), reader.actor, w.account(ada.ID))
			if got := seen(timeline.Events, err); got != reader.want {
				t.Errorf("%s sees in the time line %s, want %s", reader.actor.Name, got, reader.want)
			}
		}
	})
}
