package accounts_test

import (
	"strings"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// TestPerson: what is known of a person is created, edited field by field, and found; the log names what changed, without the texts.
func TestPerson(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		a := w.create(accounts.NewAccount{Name: "ab3481", Person: accounts.Person{DisplayName: new(" Anna  Becker"), ExternalID: new("C-10423")}})
		other := w.create(accounts.NewAccount{Name: "anna.becker", Person: accounts.Person{ExternalID: new("10423-B")}})
		edit := func(by core.Actor, p accounts.Person) error {
			return w.Edit(t.Context(), by, a.ID, accounts.Edit{Email: a.Email, Person: p})
		}
		for _, step := range []struct {
			person  accounts.Person
			fields  string // that are refused
			changed string // in the log; "" = no change
			want    [4]string
		}{
			{accounts.Person{}, "", "", [4]string{"Anna Becker", "C-10423", "", ""}},
			{accounts.Person{Note: new("called\r\non Monday"), Phone: new("+49 40 123")}, "", "note phone", [4]string{"Anna Becker", "C-10423", "+49 40 123", "called\non Monday"}},
			{accounts.Person{DisplayName: new("Anna\x00"), ExternalID: new("\xff"), Phone: new(strings.Repeat("1", 41)), Note: new(strings.Repeat("n", 64<<10))},
				"displayName externalId phone note", "", [4]string{"Anna Becker", "C-10423", "+49 40 123", "called\non Monday"}},
			{accounts.Person{DisplayName: new("Anna Becker-Braun"), ExternalID: new(""), Note: new("called\non Monday")}, "", "display-name external-id",
				[4]string{"Anna Becker-Braun", "", "+49 40 123", "called\non Monday"}},
			{accounts.Person{ExternalID: new("C-10423"), Note: new(" ")}, "", "external-id note", [4]string{"Anna Becker-Braun", "C-10423", "+49 40 123", ""}},
		} {
			err := edit(w.root, step.person)
			if wrongFields(err) != step.fields {
				t.Fatalf("%+v: %v, want %q", step.want, err, step.fields)
			}
			if got := w.account(a.ID); [4]string{got.DisplayName, got.ExternalID, got.Phone, got.Note} != step.want {
				t.Errorf("became %+v, want %q", got, step.want)
			}
			if err != nil {
				continue
			}
			event := w.events(models.AuditFilter{Action: core.ActionEdited})[0]
			if event.Detail["described"] != step.changed {
				t.Errorf("the log says %v, want %q", event.Detail, step.changed)
			}
			for key, value := range event.Detail {
				if strings.Contains(value, "Monday") || strings.Contains(value, "Anna") {
					t.Errorf("the log has the text: %s %q", key, value)
				}
			}
		}
		if err := edit(core.Actor{ID: a.ID, Kind: a.Kind, Name: a.Name}, accounts.Person{Note: new("mine")}); err == nil || w.account(a.ID).Note != "" {
			t.Errorf("the account writes its own note: %v", err)
		}
		for text, want := range map[string]string{"anna becker": "ab3481 anna.becker", "BECKER anna": "ab3481 anna.becker", "braun": "ab3481", "c-10423": "ab3481", "10423": "ab3481 anna.becker"} {
			if got := strings.Join(w.found(text), " "); got != want {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		found := must(w.Search(t.Context(), w.root, "10423-B"))(t)
		if len(found.Accounts) != 1 || found.Accounts[0].ID != other.ID {
			t.Errorf("the external id finds %v", found.Accounts)
		}
	})
}

// TestSearchFindsTheExternalIDFirst: of many accounts whose ids contain the text, the one with exactly this id comes first.
func TestSearchFindsTheExternalIDFirst(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for _, id := range strings.Fields("77 770 771 772 773 774 775 776 777 778") {
			w.create(accounts.NewAccount{Name: "u" + id, Person: accounts.Person{ExternalID: new(id)}})
		}
		w.create(accounts.NewAccount{Name: "z", Person: accounts.Person{ExternalID: new("7")}})
		found := must(w.Search(t.Context(), w.root, "7"))(t)
		if len(found.Accounts) != 8 || !found.More || found.Accounts[0].Name != "z" {
			t.Errorf("finds %d, more: %t, first %q", len(found.Accounts), found.More, found.Accounts[0].Name)
		}
	})
}
