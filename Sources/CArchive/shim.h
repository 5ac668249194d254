#pragma once

#include <archive.h>
#include <archive_entry.h>

/// The types of the functions that are used, as the headers declare them: the library is loaded
/// when it is first needed, see ArchiveLibrary.swift.
#define SLUICE_LOADED(name) typedef __typeof__(name) *name##_function

SLUICE_LOADED(archive_read_new);
SLUICE_LOADED(archive_read_free);
SLUICE_LOADED(archive_read_support_filter_gzip);
SLUICE_LOADED(archive_read_open_fd);
SLUICE_LOADED(archive_read_open);
SLUICE_LOADED(archive_read_next_header);
SLUICE_LOADED(archive_read_data);
SLUICE_LOADED(archive_read_data_block);
SLUICE_LOADED(archive_read_data_skip);
SLUICE_LOADED(archive_format);
SLUICE_LOADED(archive_error_string);
SLUICE_LOADED(archive_entry_filetype);
SLUICE_LOADED(archive_entry_hardlink);
SLUICE_LOADED(archive_entry_is_data_encrypted);
SLUICE_LOADED(archive_entry_pathname);
SLUICE_LOADED(archive_entry_pathname_utf8);

#undef SLUICE_LOADED
