package handlers

import (
	"time"

	"latchkey/accounts"
	"latchkey/views"
)

// expiringChart shows the passwords that expire in the coming weeks.
func expiringChart(frame views.Frame, weeks []accounts.Bar) views.Chart {
	chart := newChart(weeks)
	chart.Title, chart.When, chart.What = frame.T("Passwords that expire, by week"), frame.T("Week"), frame.T("Passwords")
	chart.Summary = frame.N("{{.N}} password expires in the next 90 days.", "{{.N}} passwords expire in the next 90 days.", chart.Sum())
	chart.Empty = frame.T("The policies let no password expire, or nobody has one that does.")
	return chart
}

// failuresChart shows the failed sign-ins of the last days.
func failuresChart(frame views.Frame, days []accounts.Bar) views.Chart {
	chart := newChart(days)
	chart.Bad = true
	chart.Title, chart.When, chart.What = frame.T("Failed sign-ins, by day"), frame.T("Day"), frame.T("Failed sign-ins")
	chart.Summary = frame.N("{{.N}} sign-in failed in the last 14 days.", "{{.N}} sign-ins failed in the last 14 days.", chart.Sum())
	chart.Empty = frame.T("No sign-in has failed.")
	return chart
}

func newChart(bars []accounts.Bar) views.Chart {
	chart := views.Chart{Most: accounts.ChartedUpTo}
	for _, bar := range bars {
		chart.Bars = append(chart.Bars, views.Bar{From: bar.From, To: bar.To.Add(-time.Nanosecond), Count: bar.Count})
	}
	return chart
}
