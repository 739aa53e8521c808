package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"latchkey/views"
)

// measurePages times the pages beside the list that operators open all day.
func (s *site) measurePages(ctx context.Context, admin *client, r *report) error {
	for _, page := range []struct{ name, path string }{
		{"overview, with its charts", views.HomeURL}, {"one account", views.AccountURL(s.middle.ID)},
	} {
		var took []float64
		var size int
		for begin := time.Now(); len(took) < s.requests && time.Since(begin) < enough; {
			start := time.Now()
			answer, err := admin.get(ctx, page.path)
			if err == nil {
				err = answer.want(http.StatusOK)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", page.name, err)
			}
			took, size = append(took, milliseconds(time.Since(start))), len(answer.body)
		}
		r.add(figure{
			name: page.name, engine: s.engine, measured: spread(took),
			note: fmt.Sprintf("%s KB, %d times", number(float64(size)/1000), len(took)),
		})
	}
	return nil
}
