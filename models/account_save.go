package models

import "reflect"

// remember keeps the account as it was read, so that saving writes only changed columns: SQLite updates every index of every
// column in a statement.
func (a *Account) remember() {
	read := *a
	a.read = &read
}

func rememberAll(accounts []Account) {
	for i := range accounts {
		accounts[i].remember()
	}
}

// SaveAccount updates the changed columns of an account, or all columns if it was not loaded for update. It returns
// [ErrNotFound] if the account does not exist.
func (tx *Tx) SaveAccount(a *Account) error {
	if a.read == nil || a.read.Name != a.Name || a.read.Email != a.Email {
		a.Search = a.searchText() // not at each sign-in: IDNA costs more than the rest
	}
	// The condition is for gorm, which without it refuses an account without an id instead of finding none.
	return changed("saving an account",
		tx.g.Model(a).Where("id = ?", a.ID).Select(a.changes()).Omit("id").Updates(a))
}

// changes returns the fields that differ from what was read. There is always at least one, so that saving always runs a statement.
func (a *Account) changes() []string {
	if a.read == nil {
		return []string{"*"}
	}
	fields := []string{"FailedAttempts"}
	now, before := reflect.ValueOf(*a), reflect.ValueOf(*a.read)
	for i := range now.NumField() {
		field := now.Type().Field(i)
		if field.IsExported() && !reflect.DeepEqual(now.Field(i).Interface(), before.Field(i).Interface()) {
			fields = append(fields, field.Name)
		}
	}
	return fields
}
