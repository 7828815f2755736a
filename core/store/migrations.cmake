# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the numbered .sql files of migrations/<family>/ into a header: kRunMigrations, kWorkspaceMigrations.
set(SHEAF_MIGRATIONS "")
foreach(family Run Workspace)
    string(TOLOWER ${family} folder)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/${folder}/*.sql)
    list(SORT files)
    string(APPEND SHEAF_MIGRATIONS "inline constexpr const char* k${family}Migrations[] = {\n")
    foreach(file ${files})
        file(READ ${file} sql)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        string(APPEND SHEAF_MIGRATIONS "R\"sql(${sql})sql\",\n")
    endforeach()
    string(APPEND SHEAF_MIGRATIONS "};\n")
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/core/store/migrations.h @ONLY CONTENT
"// Made from core/store/migrations/*/*.sql by migrations.cmake.
#pragma once

namespace sheaf::store {

@SHEAF_MIGRATIONS@
} // namespace sheaf::store
")
