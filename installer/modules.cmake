# SPDX-License-Identifier: GPL-3.0-or-later
# The one way a part of the house is declared: sheaf_module() for a library, sheaf_program() for a program.
# A module names the modules and libraries it uses; what it does not name, it cannot link.

add_library(sheaf_flags INTERFACE)
target_include_directories(sheaf_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(sheaf_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow $<$<BOOL:${SHEAF_WERROR}>:-Werror>)
target_compile_definitions(sheaf_flags INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ALL_NO_LIB)
if(SHEAF_SANITIZE)
    string(REPLACE ";" "," sheaf_sanitizers "${SHEAF_SANITIZE}")
    target_compile_options(sheaf_flags INTERFACE -fsanitize=${sheaf_sanitizers} -fno-omit-frame-pointer)
    target_link_options(sheaf_flags INTERFACE -fsanitize=${sheaf_sanitizers})
endif()

# moc of Qt 6.4 cannot parse <concepts> when a file leads to it first: it is told that it has been there.
set(CMAKE_AUTOMOC_MOC_OPTIONS "-D_GLIBCXX_CONCEPTS")

# What nearly every file of core reads, compiled once: a build from nothing takes about 60 % of the time.
if(SHEAF_PRECOMPILE)
    add_library(sheaf_precompiled OBJECT ${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp)
    target_link_libraries(sheaf_precompiled PRIVATE sheaf_flags Boost::headers Boost::json fmt::fmt tl::expected)
    set_target_properties(sheaf_precompiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_precompile_headers(sheaf_precompiled PRIVATE <algorithm> <array> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory>
        <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>
        <boost/describe.hpp> <boost/json.hpp> <fmt/format.h> <tl/expected.hpp>)
endif()

# sheaf_module(name USES other modules… LIBS outside libraries… SOURCES files…)
function(sheaf_module name)
    cmake_parse_arguments(M "" "" "USES;LIBS;SOURCES" ${ARGN})
    add_library(sheaf_${name} STATIC ${M_SOURCES})
    target_link_libraries(sheaf_${name} PUBLIC sheaf_flags)
    foreach(used ${M_USES})
        target_link_libraries(sheaf_${name} PUBLIC sheaf_${used})
    endforeach()
    target_link_libraries(sheaf_${name} PUBLIC ${M_LIBS})
    if(NOT name MATCHES "^ui")
        target_compile_options(sheaf_${name} PRIVATE -Wconversion -Wno-sign-conversion)
        if(SHEAF_PRECOMPILE)
            target_precompile_headers(sheaf_${name} REUSE_FROM sheaf_precompiled)
        endif()
    endif()
    set_target_properties(sheaf_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# sheaf_program(name USES modules… LIBS … SOURCES …): lands in build/bin and is installed.
function(sheaf_program name)
    cmake_parse_arguments(P "" "" "USES;LIBS;SOURCES" ${ARGN})
    add_executable(${name} ${P_SOURCES})
    target_link_libraries(${name} PRIVATE sheaf_flags ${P_LIBS})
    foreach(used ${P_USES})
        target_link_libraries(${name} PRIVATE sheaf_${used})
    endforeach()
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
