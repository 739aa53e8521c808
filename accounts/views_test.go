package accounts_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/view"
	"latchkey/internal/testkit"
	"latchkey/models"
)

var blocked = url.Values{"state": {"blacklisted"}}

func (w *world) saveView(by core.Actor, title string, query url.Values, shared bool) (replaced bool) {
	w.Helper()
	return must(w.Views.Save(w.Context(), by, view.Form{Title: title, Query: query, Shared: shared}))(w)
}

// wantViews checks the titles of the actor's list, in order. Those of others have a star, those that the actor may not delete a lock.
func (w *world) wantViews(by core.Actor, want string) (list []view.View) {
	w.Helper()
	list = must(w.Views.List(w.Context(), by))(w)
	var titles []string
	for _, v := range list {
		title := v.Title
		if !v.Own {
			title += "*" + v.OwnerName
		}
		if !v.MayDelete {
			title += "!"
		}
		titles = append(titles, title)
	}
	if got := strings.Join(titles, ", "); got != want {
		w.Errorf("%s sees %q, want %q", by.Name, got, want)
	}
	return list
}

func (w *world) superAdmin(name string) core.Actor {
	w.Helper()
	return as(w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: name}))
}

// TestSavedViews: private ones come first, and SuperAdmins see and delete those that others share.
func TestSavedViews(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ben := w.superAdmin("ben")
		w.tamper(ben.ID, func(a *models.Account) { a.DisplayName = "Ben Hur" })
		w.saveView(ben, "Blocked", blocked, true)
		w.saveView(ben, "my own", blocked, false)
		w.saveView(w.root, "zebra", blocked, false)
		w.saveView(w.root, "Antelope", blocked, true)
		w.saveView(w.root, "  two \u00a0 words ", blocked, false)
		theirs := w.wantViews(w.root, "two words, zebra, Antelope, Blocked*Ben Hur")
		if got := theirs[3]; got.Query != "state=blacklisted" || !got.Shared || got.Scope != "" || !got.CreatedAt.Equal(w.clock.Now()) {
			t.Errorf("the view is %+v", got)
		}
		own := w.wantViews(ben, "my own, Antelope*root, Blocked")[0]
		if err := w.Views.Delete(t.Context(), w.root, own.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("deleting another's private view: %v", err)
		}
		for _, id := range []string{theirs[3].ID, theirs[0].ID} {
			if err := w.Views.Delete(t.Context(), w.root, id); err != nil {
				t.Error(err)
			}
			if err := w.Views.Delete(t.Context(), w.root, id); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("a second time: %v", err)
			}
		}
		w.wantViews(w.root, "zebra, Antelope")
		w.wantViews(ben, "my own, Antelope*root")
	})
}

// TestViewOfTheSameTitleIsReplaced: only the owner's.
func TestViewOfTheSameTitleIsReplaced(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ben := w.superAdmin("ben")
		w.saveView(ben, "mine", blocked, true)
		if w.saveView(w.root, "mine", blocked, true) {
			t.Error("another's view was replaced")
		}
		id := w.wantViews(w.root, "mine, mine*ben")[0].ID
		if !w.saveView(w.root, "mine ", url.Values{"sort": {"newest"}, "q": {"ä b"}}, false) {
			t.Error("it was not replaced")
		}
		got := w.wantViews(w.root, "mine, mine*ben")[0]
		if got.ID != id || got.Query != "q=%C3%A4+b&sort=newest" || got.Shared {
			t.Errorf("the view is %+v", got)
		}
		w.wantViews(ben, "mine")
	})
}

// TestViewsOfOrganizations: only the organization sees and deletes them, and it sees none of SuperAdmins.
func TestViewsOfOrganizations(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, bond, ada := as(w.organization("acme")), as(w.organization("bond")), as(w.customer("ada"))
		for _, by := range []core.Actor{w.root, acme, bond} {
			w.saveView(by, "of "+by.Name, blocked, true)
		}
		id := w.wantViews(acme, "of acme")[0].ID
		w.wantViews(bond, "of bond")
		others := w.wantViews(w.root, "of root")
		for _, by := range []core.Actor{w.root, bond} {
			if err := w.Views.Delete(t.Context(), by, id); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s deletes it: %v", by.Name, err)
			}
		}
		for _, id := range []string{others[0].ID, w.NewID(), "x"} {
			if err := w.Views.Delete(t.Context(), acme, id); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("deleting %s: %v", id, err)
			}
		}
		for _, by := range []core.Actor{ada, core.CommandLine, {}} {
			_, errList := w.Views.List(t.Context(), by)
			_, errSave := w.Views.Save(t.Context(), by, view.Form{Title: "x", Query: blocked})
			for _, err := range []error{errList, errSave, w.Views.Delete(t.Context(), by, id)} {
				if !errors.Is(err, core.ErrForbidden) {
					t.Errorf("%q: %v", by.Name, err)
				}
			}
		}
		if err := w.Views.Delete(t.Context(), acme, id); err != nil {
			t.Error(err)
		}
	})
}

// TestRefusedViews: title and query are bounded.
func TestRefusedViews(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		long := url.Values{"q": {strings.Repeat("x", view.MaxQuery-1)}} // q= and this
		for _, tc := range []struct {
			title, fields string
			query         url.Values
		}{
			{"", "title", blocked},
			{" \u3000", "title", blocked},
			{"\u200d", "title", blocked},
			{strings.Repeat("ä", 101), "title", blocked},
			{strings.Repeat("x", 1<<20), "title", blocked},
			{"a\nb", "title", blocked},
			{"a\u202eb", "title", blocked},
			{"\xff", "title", blocked},
			{"a", "query", nil},
			{"", "title query", long},
		} {
			if _, err := w.Views.Save(t.Context(), w.root, view.Form{Title: tc.title, Query: tc.query}); wrongFields(err) != tc.fields {
				t.Errorf("%.10q: %v", tc.title, err)
			}
		}
		w.saveView(w.root, strings.Repeat("ä", 100), url.Values{"q": {strings.Repeat("x", view.MaxQuery-2)}}, false)
		w.wantViews(w.root, strings.Repeat("ä", 100))
		for text, want := range map[string]string{
			"q=a&q=b": "", "": "", "%": "query", "a;b": "query", "q=%00": "query", "q=%ff": "query", strings.Repeat("x", view.MaxQuery): "",
			strings.Repeat("x", view.MaxQuery+1): "query",
		} {
			if _, err := view.ParseQuery(text); wrongFields(err) != want {
				t.Errorf("%.10s: %v", text, err)
			}
		}
	})
}

// TestParallelSavesKeepTheLimit: 100 at a time save 50 views, and one can still be replaced.
func TestParallelSavesKeepTheLimit(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		var saved, refused atomic.Int64
		testkit.Together(2*view.MaxViews, func(i int) {
			_, err := w.Views.Save(t.Context(), w.root, view.Form{Title: fmt.Sprint("view ", i), Query: blocked})
			switch {
			case err == nil:
				saved.Add(1)
			case wrongFields(err) == "title":
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
		list := must(w.Views.List(t.Context(), w.root))(t)
		if saved.Load() != view.MaxViews || refused.Load() != view.MaxViews || len(list) != view.MaxViews {
			t.Fatalf("%d saved, %d refused, %d listed", saved.Load(), refused.Load(), len(list))
		}
		if !w.saveView(w.root, list[0].Title, blocked, true) {
			t.Error("it was not replaced")
		}
		w.saveView(w.superAdmin("ben"), "another's", blocked, false)
		if err := w.Views.Delete(t.Context(), w.root, list[1].ID); err != nil {
			t.Fatal(err)
		}
		w.saveView(w.root, "in its place", blocked, false)
	})
}

// TestParallelSavesOfOneTitle: one is saved, the others replace it.
func TestParallelSavesOfOneTitle(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		testkit.Together(10, func(int) { w.saveView(w.root, "the same", blocked, false) })
		w.wantViews(w.root, "the same")
	})
}

// TestSignedOutSavesNoView: not even in a request that had begun before.
func TestSignedOutSavesNoView(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		_, actor := w.visitor("root", secret)
		w.saveView(actor, "mine", blocked, false)
		id := w.wantViews(actor, "mine")[0].ID
		if err := w.Sessions.SignOut(t.Context(), actor); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Views.Save(t.Context(), actor, view.Form{Title: "x", Query: blocked}); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("saving: %v", err)
		}
		if err := w.Views.Delete(t.Context(), actor, id); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("deleting: %v", err)
		}
	})
}

// TestRestoredOperatorHasNoViews: they are deleted with the account.
func TestRestoredOperatorHasNoViews(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ben := w.superAdmin("ben")
		w.saveView(ben, "shared", blocked, true)
		w.delete(w.root, w.account(ben.ID))
		w.wantViews(w.root, "")
		must(w.Restore(t.Context(), w.root, ben.ID))(t)
		if err := w.Enable(t.Context(), w.root, ben.ID); err != nil {
			t.Fatal(err)
		}
		w.wantViews(ben, "")
	}, undelete)
}
