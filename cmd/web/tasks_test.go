package main

import (
	"strings"
	"testing"
	"time"

	"latchkey/models"
)

func TestTasksAreListedAndCancelled(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		if printed := p.must("", "tasks"); printed != "There are no tasks.\n" {
			t.Errorf("before: %q", printed)
		}
		db := p.database()
		id := models.NewIDs(time.Now, nil).New()
		task := models.Task{ID: id, OnceKey: id, Kind: "import", State: models.TaskWaiting, Params: "{}", Done: 3, Total: 7, CreatedAt: time.Now(), NextTryAt: time.Now(), Error: "line 4\nis no row"}
		err := db.Update(t.Context(), func(tx *models.Tx) error { _, err := tx.AddTask(task); return err })
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{id, "import", "waiting", "3 of 7", `"line 4\nis no row"`} {
			if printed := p.must("", "tasks"); !strings.Contains(printed, part) || strings.Count(printed, "\n") != 2 {
				t.Errorf("printed %q, want two lines with %q", printed, part)
			}
		}
		p.must("", "tasks", "cancel", id)
		if printed := p.must("", "tasks"); !strings.Contains(printed, "cancelled") {
			t.Errorf("printed %q", printed)
		}
		p.refuses("no such task", "", "tasks", "cancel", id)
		p.refuses("no such task", "", "tasks", "cancel", "nothing")
	})
}
