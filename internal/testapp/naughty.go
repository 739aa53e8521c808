package testapp

import (
	"encoding/json"
	"sync"
	"testing"

	"latchkey/internal/testkit"
)

// naughtyFile is the Big List of Naughty Strings from the root of the module, where `npm ci` puts it.
const naughtyFile = "tools/axe/node_modules/big-list-of-naughty-strings/blns.json"

var naughty = sync.OnceValues(func() (string, error) { return testkit.ReadTool(naughtyFile) })

// NaughtyStrings is the Big List of Naughty Strings by Max Woolf and others: what has broken programs that take text from
// people, with the markup and the templates that were injected into them. Where it is not installed the test is left out as
// for want of axe-core, which comes with it; see [testkit.Missing].
func NaughtyStrings(tb testing.TB) []string {
	tb.Helper()
	text := testkit.Tool(tb, "the list of naughty strings", naughty)
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) < 400 {
		tb.Fatalf("the list of naughty strings has %d: %v", len(list), err)
	}
	return list
}
