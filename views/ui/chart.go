package ui

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/views/words"
)

// Chart is a bar chart with the same figures as a table behind it.
type Chart struct {
	words.ChartText
	Bad  bool // more is worse
	Bars []Bar
	Most int   // the limit of counting
	Line []Bar // other figures for the same days, as a line above the bars; nil = none
}

// ExpiringChart shows the passwords that expire in the coming weeks. Counting stopped at most.
func ExpiringChart(f Frame, weeks []Bar, most int) Chart {
	sum, capped := total(weeks, most)
	return Chart{ChartText: words.ExpiringChart(f.Printer, sum, capped), Bars: weeks, Most: most}
}

// FailuresChart shows the failed sign-ins of the last days. Counting stopped at most.
func FailuresChart(f Frame, days []Bar, most int) Chart {
	sum, capped := total(days, most)
	return Chart{ChartText: words.FailuresChart(f.Printer, sum, capped), Bars: days, Most: most, Bad: true}
}

// PreviewChart shows the passwords that expire on each day under a candidate policy, next to the active one.
func PreviewChart(f Frame, then, now []Bar) Chart {
	sum, _ := total(then, math.MaxInt)
	sumNow, _ := total(now, math.MaxInt)
	return Chart{ChartText: words.PreviewChart(f.Printer, sum, sumNow), Bars: then, Most: math.MaxInt, Line: now}
}

// total sums up bars; capped reports whether counting stopped in one, so that there may be more.
func total(bars []Bar, most int) (sum int, capped bool) {
	for _, bar := range bars {
		sum += bar.Count
		capped = capped || bar.Count >= most
	}
	return sum, capped
}

// Bar is one bar of a chart: the days that it is about, and how many.
type Bar struct {
	From, To time.Time // To is the last day that belongs to it
	Count    int
}

// The chart's own units; the page stretches it.
const (
	barStep  = 20
	barWidth = 14
	barsHigh = 100
)

func (c Chart) most() int {
	most := 0
	for _, bar := range slices.Concat(c.Bars, c.Line) {
		most = max(most, bar.Count)
	}
	return most
}

// line returns the line through the plot: level for a bar's width, then a step to the next.
func (c Chart) line() string {
	points := make([]string, 0, 2*len(c.Line))
	for i, bar := range c.Line {
		height := strconv.Itoa(barsHigh - c.high(bar))
		points = append(points, strconv.Itoa(i*barStep)+","+height, strconv.Itoa((i+1)*barStep)+","+height)
	}
	return strings.Join(points, " ")
}

// valueLabel returns the tooltip of a bar.
func (f Frame) valueLabel(c Chart, i int) string {
	if c.Line == nil {
		return f.days(c.Bars[i]) + ": " + f.barCount(c, c.Bars[i])
	}
	return f.days(c.Bars[i]) + " · " + c.What + ": " + f.barCount(c, c.Bars[i]) + " · " + c.WhatLine + ": " + f.barCount(c, c.Line[i])
}

func (c Chart) viewBox() string {
	return "0 0 " + strconv.Itoa(barStep*len(c.Bars)) + " " + strconv.Itoa(barsHigh+1)
}

// high returns a bar's height; a bar above 0 is always visible.
func (c Chart) high(bar Bar) int {
	if bar.Count == 0 {
		return 0
	}
	return max(2, bar.Count*barsHigh/c.most())
}

// days names the days of a bar.
func (f Frame) days(bar Bar) string {
	if bar.From.In(f.Zone).YearDay() == bar.To.In(f.Zone).YearDay() {
		return f.ShortDate(bar.From)
	}
	return f.ShortDate(bar.From) + " – " + f.ShortDate(bar.To)
}

// barCount shows a bar's figure.
func (f Frame) barCount(c Chart, bar Bar) string { return f.Capped(int64(bar.Count), int64(c.Most)) }
