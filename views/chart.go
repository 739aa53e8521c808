package views

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Chart is a bar chart with the same figures as a table behind it.
type Chart struct {
	Title, Summary string // what it shows, and what it says
	Empty          string // said where all bars are 0
	When, What     string // the table's columns
	Bad            bool   // more is worse
	Bars           []Bar
	Most           int    // where counting stopped
	Beside         []Bar  // other figures for the same days, as a line above the bars; nil = none
	WhatBeside     string // their column
}

// Bar is one bar of a chart: the days that it is about, and how many.
type Bar struct {
	From, To time.Time // To is the last day that belongs to it
	Count    int
}

// The chart's own measure; the page stretches it.
const (
	barStep  = 20
	barWidth = 14
	barsHigh = 100
)

func (c Chart) most() int {
	most := 0
	for _, bar := range slices.Concat(c.Bars, c.Beside) {
		most = max(most, bar.Count)
	}
	return most
}

// line is the way of the line through the plot: level for a bar's width, then up or down to the next.
func (c Chart) line() string {
	points := make([]string, 0, 2*len(c.Beside))
	for i, bar := range c.Beside {
		height := strconv.Itoa(barsHigh - c.high(bar))
		points = append(points, strconv.Itoa(i*barStep)+","+height, strconv.Itoa((i+1)*barStep)+","+height)
	}
	return strings.Join(points, " ")
}

// told is what stands behind a bar.
func (f Frame) told(c Chart, i int) string {
	if c.Beside == nil {
		return f.days(c.Bars[i]) + ": " + f.barCount(c, c.Bars[i])
	}
	return f.days(c.Bars[i]) + " · " + c.What + ": " + f.barCount(c, c.Bars[i]) + " · " + c.WhatBeside + ": " + f.barCount(c, c.Beside[i])
}

// sum is how many there are in all bars; cut tells that counting stopped in one, so that there may be more.
func (c Chart) sum() (sum int, cut bool) {
	for _, bar := range c.Bars {
		sum += bar.Count
		cut = cut || bar.Count >= c.Most
	}
	return sum, cut
}

func (c Chart) viewBox() string {
	return "0 0 " + strconv.Itoa(barStep*len(c.Bars)) + " " + strconv.Itoa(barsHigh+1)
}

// high is how high a bar is: one with anything in it can be seen.
func (c Chart) high(bar Bar) int {
	if bar.Count == 0 {
		return 0
	}
	return max(2, bar.Count*barsHigh/c.most())
}

// days says what a bar is about.
func (f Frame) days(bar Bar) string {
	if bar.From.In(f.Zone).YearDay() == bar.To.In(f.Zone).YearDay() {
		return f.ShortDate(bar.From)
	}
	return f.ShortDate(bar.From) + " – " + f.ShortDate(bar.To)
}

// barCount is a bar's figure, which stops at where counting did.
func (f Frame) barCount(c Chart, bar Bar) string { return f.counted(int64(bar.Count), int64(c.Most)) }
