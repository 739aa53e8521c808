package words

// ChartText is the text of a chart.
type ChartText struct {
	Title, Summary string
	Empty          string // shown if all bars are 0
	When, What     string // the table's columns
	WhatLine       string // the column of the line, if there is one
}

// ExpiringChart describes the passwords that expire in the coming weeks. If capped, counting stopped and there may be more.
func ExpiringChart(p Printer, sum int) ChartText {
	return ChartText{
		Title: p.T("Expiring passwords"), When: p.T("Week"), What: p.T("Passwords"),
		Empty:   p.T("No password expires: the policies set no limit, or no account has one that applies."),
		Summary: p.N("{{.N}} password expires in the next 90 days.", "{{.N}} passwords expire in the next 90 days.", sum),
	}
}

// FailuresChart describes the failed sign-ins of the last days.
func FailuresChart(p Printer, sum int) ChartText {
	return ChartText{
		Title: p.T("Failed sign-ins"), When: p.T("Day"), What: p.T("Failed sign-ins"), Empty: p.T("No failed sign-ins."),
		Summary: p.N("{{.N}} sign-in failed in the last 14 days.", "{{.N}} sign-ins failed in the last 14 days.", sum),
	}
}

// PreviewChart compares the passwords that expire in the next 90 days under a candidate policy and under the active one.
func PreviewChart(p Printer, sum, sumNow int) ChartText {
	return ChartText{
		Title: p.T("Expiring passwords, by week"), When: p.T("Week"), What: p.T("With this policy"), WhatLine: p.T("Now"),
		Empty: p.T("No password expires in the next 90 days, with this policy or without."),
		Summary: p.N("{{.N}} password expires in the next 90 days, not counting those that expire at once; {{.Now}} under the current policy.",
			"{{.N}} passwords expire in the next 90 days, not counting those that expire at once; {{.Now}} under the current policy.",
			sum, "Now", p.Number(int64(sumNow))),
	}
}
