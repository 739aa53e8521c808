package handlers

import (
	"time"

	"latchkey/accounts"
	"latchkey/views"
)

// chartBars are a chart's bars with the last day that belongs to each.
func chartBars(bars []accounts.Bar) []views.Bar {
	list := make([]views.Bar, len(bars))
	for i, bar := range bars {
		list[i] = views.Bar{From: bar.From, To: bar.To.Add(-time.Nanosecond), Count: bar.Count}
	}
	return list
}
