package ui

import (
	"math"
	"slices"
	"strconv"
	"time"

	"latchkey/views/words"
)

// Chart is a bar chart with the same figures as a table behind it.
type Chart struct {
	words.ChartText
	Bad  bool // more is worse
	Bars []Bar
	Line []Bar // other figures for the same days, as a line across each bar; nil = none
}

// ExpiringChart shows the passwords that expire in the coming weeks.
func ExpiringChart(f Frame, weeks []Bar) Chart {
	return Chart{ChartText: words.ExpiringChart(f.Printer, total(weeks)), Bars: weeks}
}

// FailuresChart shows the failed sign-ins of the last days.
func FailuresChart(f Frame, days []Bar) Chart {
	return Chart{ChartText: words.FailuresChart(f.Printer, total(days)), Bars: days, Bad: true}
}

// PreviewChart shows the passwords that expire on each day under a candidate policy, next to the active one.
func PreviewChart(f Frame, then, now []Bar) Chart {
	return Chart{ChartText: words.PreviewChart(f.Printer, total(then), total(now)), Bars: then, Line: now}
}

func total(bars []Bar) (sum int) {
	for _, bar := range bars {
		sum += bar.Count
	}
	return sum
}

// Bar is one bar of a chart: the days that it is about, and how many.
type Bar struct {
	From, To time.Time // To is the last day that belongs to it
	Count    int
	URL      string // of the list of what was counted; "" = none
}

// The geometry of a plot: pixels from its top, and percents of its width, which the page decides.
const (
	plotTop   = 16.0 // of the highest grid line, so that a value fits above
	plotBase  = 132.0
	plotTicks = 150.0
	axisWidth = 12.0
	barShare  = 0.64 // of the room for one bar
	gridLines = 3
	mostTicks = 5
)

// roundSteps are the distances between grid lines, by powers of ten.
var roundSteps = []float64{1, 2, 2.5, 3, 4, 5, 10}

// step returns the smallest round distance at which the grid lines reach the highest bar: 1, 20, 2,500.
func (c Chart) step() int {
	least := float64(max(1, c.most())) / gridLines
	power := math.Pow(10, math.Floor(math.Log10(math.Max(1, least))))
	for _, round := range roundSteps {
		if step := round * power; step >= least && step == math.Trunc(step) {
			return int(step)
		}
	}
	return int(10 * power)
}

func (c Chart) most() int {
	most := 0
	for _, bar := range slices.Concat(c.Bars, c.Line) {
		most = max(most, bar.Count)
	}
	return most
}

// peak returns the place of the first highest bar, whose value is always shown.
func (c Chart) peak() int {
	peak := 0
	for i, bar := range c.Bars {
		if bar.Count > c.Bars[peak].Count {
			peak = i
		}
	}
	return peak
}

// linked reports whether bars lead to lists, so that they can have the focus.
func (c Chart) linked() bool {
	return slices.ContainsFunc(c.Bars, func(bar Bar) bool { return bar.URL != "" })
}

// y returns the height of a count in the plot. A count above 0 is always visible.
func (c Chart) y(count int) float64 {
	high := (plotBase - plotTop) * float64(count) / float64(gridLines*c.step())
	if count > 0 {
		high = math.Max(high, 1.5)
	}
	return plotBase - high
}

// slot is how wide the room for one bar is.
func (c Chart) slot() float64 { return (100 - axisWidth) / float64(len(c.Bars)) }

// x returns where the room for a bar begins.
func (c Chart) x(i int) float64 { return axisWidth + c.slot()*float64(i) }

// middle returns where the label of a bar is, and how it is anchored: it does not leave the plot.
func (c Chart) middle(i int) (x, anchor string) {
	if i > 0 && i == len(c.Bars)-1 {
		return "100%", "end"
	}
	return percent(c.x(i) + c.slot()/2), "middle"
}

// today returns the place of the bar that the day belongs to, or -1.
func (f Frame) today(c Chart) int {
	return slices.IndexFunc(c.Bars, func(bar Bar) bool { return f.Date(bar.From) == f.Date(f.Now) })
}

// hasTick reports whether a bar is labelled: that of today, and others at even distances from it.
func (f Frame) hasTick(c Chart, i int) bool {
	every := (len(c.Bars) + mostTicks - 1) / mostTicks
	return (i-max(0, f.today(c)))%every == 0
}

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + "%" }

func pixels(y float64) string { return strconv.FormatFloat(y, 'f', 1, 64) }

// valueLabel returns the tooltip of a bar.
func (f Frame) valueLabel(c Chart, i int) string {
	if c.Line == nil {
		return f.days(c.Bars[i]) + ": " + f.barCount(c.Bars[i])
	}
	return f.days(c.Bars[i]) + " · " + c.What + ": " + f.barCount(c.Bars[i]) + " · " + c.WhatLine + ": " + f.barCount(c.Line[i])
}

// days names the days of a bar.
func (f Frame) days(bar Bar) string {
	if bar.From.In(f.Zone).YearDay() == bar.To.In(f.Zone).YearDay() {
		return f.ShortDate(bar.From)
	}
	return f.ShortDate(bar.From) + " – " + f.ShortDate(bar.To)
}

// barCount shows a bar's figure.
func (f Frame) barCount(bar Bar) string { return f.Number(int64(bar.Count)) }
