package main

import (
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestDeleteOneselfAndUndelete: a SuperAdmin deletes the own account, and another one restores it.
func TestDeleteOneselfAndUndelete(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, engine)
			p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
			p.must(operatorPassword+"\n", "create-superadmin", "--name", "ben", "--email", "ben@example.com")
			p.start("127.0.0.1:0")
			w := &walker{t: t, program: p}
			ben, olga := w.browser(), w.browser()
			ben.signIn("ben", operatorPassword)
			ben.open("/me/delete")
			ben.Fill("#confirm", "ben")
			ben.Submit("main button.danger")
			ben.says("Your account was deleted.")

			olga.signIn(operator, operatorPassword)
			olga.open("/accounts/deleted")
			olga.Submit("tr[data-state=deleted] button")
			olga.says("Account restored. It is disabled until you enable it.")
			olga.Submit("form[action*='/enable'] button")
			ben.signIn("ben", operatorPassword)
			ben.at("/")
			olga.noProblems()
		})
	}
}
