package core_test

import (
	"maps"
	"testing"

	"latchkey/accounts/core"
	"latchkey/models"
)

// An organization sees its own keys and addresses and those of accounts' owners, and neither those of SuperAdmins nor who uses the host.
func TestHideOthers(t *testing.T) {
	details := map[string]string{string(core.DetailAPIKey): "lk_abcdefgh", string(core.DetailUser): "ops", string(core.DetailOpens): "dashboard"}
	for _, tc := range []struct {
		what, actor string
		reader      core.Actor
		key, user   bool
	}{
		{"its own", "acme", core.Actor{ID: "acme", Kind: models.Organization}, true, false},
		{"of the account's owner", "ann", core.Actor{ID: "acme", Kind: models.Organization}, true, false},
		{"of a SuperAdmin", "root", core.Actor{ID: "acme", Kind: models.Organization}, false, false},
		{"of a SuperAdmin, for another", "root", core.Actor{ID: "olga", Kind: models.SuperAdmin}, true, true},
	} {
		events := []models.AuditEvent{{ActorID: tc.actor, SubjectID: "ann", Address: "192.0.2.1", Detail: maps.Clone(details)}}
		tc.reader.HideOthers(events)
		_, key := events[0].Detail[string(core.DetailAPIKey)]
		_, user := events[0].Detail[string(core.DetailUser)]
		if key != tc.key || (events[0].Address != "") != tc.key || user != tc.user || events[0].Detail[string(core.DetailOpens)] == "" {
			t.Errorf("%s: %+v", tc.what, events[0])
		}
	}
}
