package core_test

import (
	"encoding/json"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Scripts may read the column.
func TestDetailsAreStoredAsTexts(t *testing.T) {
	c := core.New(nil, time.Now, nil, nil, core.Rules{})
	event := c.Event(core.Actor{}, core.ActionEdited, models.Account{},
		core.DetailUntil.Time(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)), core.DetailTechnical.Flag(false),
		core.DetailSessions.Count(0), core.DetailOneTime.Flag(true), core.DetailLocale.Text(""))
	const want = `{"locale":"","one-time":"yes","sessions":"0","technical":"no","until":"2026-03-02T10:00:00Z"}`
	if got, err := json.Marshal(event.Detail); err != nil || string(got) != want {
		t.Errorf("stored as %s, want %s (%v)", got, want, err)
	}
}
