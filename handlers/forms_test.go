package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testapp"
)

// wantProblems checks that a form that was refused shows problems of exactly these fields: at each of them, for a password also
// in the checklist, and summed up on top with links that lead to something on the page, in its order.
func wantProblems(t *testing.T, page *testapp.Reply, fields ...string) {
	t.Helper()
	linked, before := map[string]bool{}, 0
	for _, link := range page.Find(`[role="alert"] a`).EachIter() {
		target := link.AttrOr("href", "")
		if !strings.HasPrefix(target, "#") || !page.Has(target) {
			t.Errorf("the summary leads to %q, which is not on the page", target)
		}
		at := strings.Index(page.Body, fmt.Sprintf(" id=%q", strings.TrimPrefix(target, "#")))
		if at < before {
			t.Errorf("the summary leads to %q after a field behind it", target)
		}
		before = at
		linked[strings.TrimPrefix(target, "#")] = true
	}
	for _, field := range fields {
		if !linked[field] {
			t.Errorf("the summary says nothing of %s: %s", field, page.Text(`[role="alert"]`))
		}
		if page.Text("#"+field+"-error") == "" && (field != "password" || !page.Has("#password-checks [data-ok=false]")) {
			t.Errorf("no message beside %s", field)
		}
	}
	for field := range linked {
		if !slices.Contains(fields, field) {
			t.Errorf("%s was not to be complained of: %s", field, page.Text("#"+field+"-error"))
		}
	}
	if len(fields) > 0 && !page.Has(`[role="alert"]`) {
		t.Error("there is no summary")
	}
}

// hasNot fails the test if an answer contains a secret.
func hasNot(t *testing.T, reply *testapp.Reply, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(reply.Body, secret) {
			t.Errorf("%q stands in the page", secret)
		}
		for name, values := range reply.Header {
			if strings.Contains(strings.Join(values, " "), secret) {
				t.Errorf("%q stands in the header %s", secret, name)
			}
		}
	}
}
