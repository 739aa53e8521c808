package testdb_test

import (
	"testing"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestEnginesAreFreshAndShared: every test gets a database of its own, which it can open again.
func TestEnginesAreFreshAndShared(t *testing.T) {
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			testdb.Engines(t, func(t *testing.T, db testdb.Database) {
				if err := db.Migrated(t.Context()); err != nil {
					t.Fatal(err)
				}
				mark := models.Submission{ID: "form", CreatedAt: testkit.Start}
				write := func(tx *models.Tx) error { return tx.Submit(mark) }
				if err := db.Update(t.Context(), write); err != nil {
					t.Fatalf("another test has used it: %v", err)
				}
				if _, err := db.Again(t).Read(t.Context()).Submission("form"); err != nil {
					t.Errorf("not the same database: %v", err)
				}
			})
		})
	}
}
