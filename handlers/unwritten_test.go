package handlers_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// Where nothing can be noted of a session any more, people go on reading, and what they did is not said to have failed:
// only the message about it is lost.
func TestFailingSessionWrites(t *testing.T) {
	testkit.Parallel(t)
	var log bytes.Buffer
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	who := app.Company()
	root, ann := app.SignIn("root"), app.SignIn("ann")
	const full = "CREATE TRIGGER full BEFORE UPDATE OF data, last_used_at ON sessions BEGIN SELECT RAISE(ABORT, 'full'); END"
	app.DB.Exec(t, full)
	app.Clock.Advance(5 * 60e9)
	path := "/accounts/" + who.Bob.ID
	root.Get(path).Want(200).Submit(path + "/disable").WantRedirect(path)
	if app.Account(who.Bob.ID).DisabledAt == nil || root.Get(path).Want(200).Has("[role=status]") {
		t.Error("what was asked for was not done, or a message was kept all the same")
	}
	ann.Get("/password").Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me")
	ann.Get("/me").Want(200)
	for _, line := range []string{"recording the use of a session failed", "saving session values failed"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("the log does not say %q", line)
		}
	}
}
