package views

// ExpiringChart shows the passwords that expire in the coming weeks. Counting stopped at most.
func ExpiringChart(f Frame, weeks []Bar, most int) Chart {
	chart := Chart{
		Title: f.T("Passwords that expire, by week"), When: f.T("Week"), What: f.T("Passwords"), Bars: weeks, Most: most,
		Empty: f.T("The policies let no password expire, or nobody has one that does."),
	}
	sum, cut := chart.sum()
	chart.Summary = f.N("{{.N}} password expires in the next 90 days.", "{{.N}} passwords expire in the next 90 days.", sum)
	if cut {
		chart.Summary = f.T("More than {{.N}} passwords expire in the next 90 days.", "N", sum)
	}
	return chart
}

// FailuresChart shows the failed sign-ins of the last days. Counting stopped at most.
func FailuresChart(f Frame, days []Bar, most int) Chart {
	chart := Chart{
		Title: f.T("Failed sign-ins, by day"), When: f.T("Day"), What: f.T("Failed sign-ins"), Bars: days, Most: most, Bad: true,
		Empty: f.T("No sign-in has failed."),
	}
	sum, cut := chart.sum()
	chart.Summary = f.N("{{.N}} sign-in failed in the last 14 days.", "{{.N}} sign-ins failed in the last 14 days.", sum)
	if cut {
		chart.Summary = f.T("More than {{.N}} sign-ins failed in the last 14 days.", "N", sum)
	}
	return chart
}
