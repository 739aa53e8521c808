package core

// IsLocale reports whether accounts can have the language; "" = as the browser asks.
func IsLocale(locale string) bool { return locale == "" || locale == "en" || locale == "de" }
