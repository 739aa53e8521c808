package handlers

import (
	"strings"
	"time"
)

// short writes a duration as one would write it in a setting: 168h, not 168h0m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}
