package accounts_test

import (
	"testing"

	"latchkey/accounts/notify"
)

// TestOlderAddressesWithInvisibleSymbols: accounts that have one can sign in with it, and get their mails.
func TestOlderAddressesWithInvisibleSymbols(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.exec("UPDATE accounts SET email = 'ada@exam\u00adple.com' WHERE id = '" + ada.ID + "'")
		if in, err := w.Sessions.SignIn(t.Context(), "ada@exam\u00adple.com", secret, visit); err != nil || in.Account.ID != ada.ID {
			t.Errorf("signing in: %v", err)
		}
		if got := notify.Recipient(w.account(ada.ID)); got != "ada@example.com" {
			t.Errorf("mails go to %q", got)
		}
	})
}
