package handlers_test

import (
	"testing"

	"latchkey/internal/testapp"
)

// A symbol that is refused is named to those who typed it, with nothing else of what they typed, and it is written nowhere.
func TestRefusedSymbolsAreNamedOnThePage(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		const heart = "❤\ufe0f contains an invisible character (U+FE0F). Use another symbol."
		operator := app.SignIn("root")
		unchanged(t, app, "a refused symbol", func() {
			page := operator.Get("/accounts/new").Submit("/accounts", "name", "a/b", "email", "a\u200bb@example.com",
				"password_mode", "typed", "password", "Canary-1!❤\ufe0f").Want(422)
			check(t, "password", page.Text("#password-error"), heart)
			check(t, "name", page.Text("#name-error"), "/ (U+002F) is not allowed in names. Use only letters, digits and . _ - @ +")
			check(t, "e-mail", page.Text("#email-error"), "This contains an invisible character (U+200B). Remove it.")
			hasNot(t, page, "Canary")
			page = operator.Get("/accounts/"+who.Ann.ID).Submit("/accounts/"+who.Ann.ID+"/password",
				"password_mode", "typed", "password", "Canary-1!\u202e").Want(422)
			check(t, "reset", page.Text("#password-error"), "This contains an invisible character (U+202E). Remove it.")
			hasNot(t, page, "Canary")
			page = operator.Get("/password").Submit("/password", "current", testapp.Secret, "password", "Canary-1!\t", "confirmation", "Canary-1!\t").Want(422)
			check(t, "own", page.Text("#password-error"), "This contains a control character (U+0009), such as a tab or a line end. Remove it.")
			hasNot(t, page, "Canary")
			page = app.Client().SignIn("ann", "Canary-1!❤\ufe0f").Want(422)
			check(t, "sign-in", page.Text("#password-error"), heart)
			hasNot(t, page, "Canary")
		})
	})
}
