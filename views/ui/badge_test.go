package ui_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/i18n"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// A block that ends by itself is less urgent than one without an end. Other states have no end, whatever was before.
func TestBadgeOfABlock(t *testing.T) {
	testkit.Parallel(t)
	until := testkit.Start.Add(time.Hour)
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	frame := ui.Frame{Printer: words.Printer{Words: catalogue.For("en", "")}}
	for _, test := range []struct {
		state models.State
		until *time.Time
		plain bool
	}{
		{models.Blacklisted, nil, false},
		{models.Blacklisted, &until, true},
		{models.Expired, &until, false},
	} {
		var page strings.Builder
		if err := ui.Badge(frame, test.state, test.until).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if plain := strings.Contains(page.String(), "plain"); plain != test.plain {
			t.Errorf("%s until %v: %s", test.state, test.until, page.String())
		}
	}
}
