//! The texts of the test in Spanish.

use super::StudyTexts;

pub const SPANISH: StudyTexts = StudyTexts {
    opening: "Abriendo el estudio",
    lead: |seconds| {
        format!(
            "Aparecen tres imágenes juntas durante {} segundos. Una muestra algo entero. Las otras dos están hechas de \
             las mismas piezas, mal unidas. Diga cuál está entera.",
            comma(seconds)
        )
    },
    keys_before: "Pulse ",
    keys_after: ", o haga clic o toque el lugar donde estaba.",
    how_soon: |seconds| {
        format!(
            "Responda en cuanto lo sepa; después de {} segundos es demasiado tarde. Si duda, adivine.",
            comma(seconds)
        )
    },
    how_long: |trials, minutes| match minutes {
        0 | 1 => format!("{trials} ensayos, alrededor de un minuto, con práctica al principio y pausas."),
        minutes => format!("{trials} ensayos, unos {minutes} minutos, con práctica al principio y pausas."),
    },
    no_feedback: "Hasta el final no sabrá si sus respuestas eran correctas.",
    kept_by_server: "Sus respuestas se guardan con un nombre inventado. Puede retirarse en cada pausa y al final; sus \
                     respuestas se borran entonces.",
    kept_in_browser: "Esta copia del sitio no tiene servidor: sus respuestas quedan en este navegador y puede \
                      guardarlas en un archivo.",
    fill_screen: "Pantalla completa (recomendado: nada más distrae)",
    start: "Empezar",
    resume_title: "Ya ha empezado esta prueba",
    resume_text: "Sus respuestas están guardadas en este navegador. Puede seguir donde lo dejó.",
    resume: "Seguir",
    start_anew: "Empezar de nuevo",
    one_moment: "Un momento",
    opening_session: "Abriendo su sesión",
    loading_pictures: |ready, count| format!("Cargando las imágenes: {ready} de {count}"),
    measuring_display: "Midiendo la pantalla",
    no_refresh_rate: "No se pudo medir la frecuencia de la pantalla. Ponga esta ventana delante, cierre programas \
                      pesados y empiece de nuevo.",
    picture_failed: "Varias imágenes seguidas no se pudieron mostrar. Cierre otras pestañas y programas y vuelva a \
                     cargar la página.",
    cannot_resume: "La sesión de este navegador ya no corresponde al estudio. Vuelva a cargar la página y empiece de \
                    nuevo.",
    closing: "Guardando sus respuestas",
    prompt_whole: "¿Cuál está entera?",
    prompt_different: "¿Cuál es diferente?",
    not_stored: "Este navegador no guarda nada de este sitio. Por eso cada respuesta se envía enseguida al estudio: \
                 siga conectado y deje esta página abierta hasta que diga que todo está guardado. Lo que no se haya \
                 enviado al cerrarla se pierde.",
    window_too_small: |[width, height], [now_width, now_height]| {
        format!(
            "Este estudio necesita una ventana de al menos {width} por {height} píxeles; esta tiene {now_width} por \
             {now_height}. Agrándela, gire el dispositivo o reduzca el zoom."
        )
    },
    too_late: "Demasiado tarde",
    right: "Correcto",
    wrong: "No era esa",
    trials_done: "Ensayos hechos",
    pause: "Pausa",
    practice_title: "Práctica",
    practice_text: "Unos ensayos para acostumbrarse. No cuentan.",
    practice_again: "Al principio no es fácil. Practique los mismos ensayos otra vez; tampoco cuentan.",
    ready_title: "Listo",
    ready_text: "Desde ahora cuenta. Mire al centro, con los dedos en 1, 2 y 3.",
    break_title: "Pausa",
    break_text: |done, total| {
        format!("Ha hecho {done} de {total} ensayos. Descanse la vista el tiempo que quiera.")
    },
    pause_title: "En pausa",
    pause_comes_again: "Este ensayo vuelve al final del bloque. No se pierde nada.",
    pause_is_over: "Ya ha visto estas imágenes, así que no vuelven. Siga con las siguientes cuando quiera.",
    next_pictures: |missing| format!("Cargando las imágenes siguientes: faltan {missing}"),
    continue_: "Continuar",
    space_key: "espacio",
    fill_screen_now: "Pantalla completa",
    thanks: "Gracias",
    compare: "Comparar con los modelos",
    save_ndjson: "Guardar mis respuestas (NDJSON)",
    save_csv: "Guardar mis respuestas (CSV)",
    take_again: "Repetir la prueba",
    all_kept: |rows| {
        format!("Las {rows} respuestas están en este navegador. Guárdelas en un archivo para entregarlas.")
    },
    all_saved: |rows| format!("Las {rows} respuestas están guardadas."),
    your_code: "Su código final: ",
    your_receipt: "Su recibo personal. Guárdelo si quizá quiera retirarse más adelante, sin este navegador: ",
    refused_count: |count| match count {
        1 => "Se rechazó 1 respuesta".to_owned(),
        count => format!("Se rechazaron {count} respuestas"),
    },
    refused_answer: |index, reason| format!("respuesta {index}: {reason}"),
    refused: "El servidor no aceptó todo. No se pierde nada: guarde el archivo de abajo y envíelo a quienes hacen el \
              estudio.",
    saving: "Guardando sus respuestas…",
    waiting: |waiting, rows| {
        format!(
            "Sus respuestas están en este navegador; {waiting} de {rows} esperan a ser enviadas. Deje esta página \
             abierta, o vuelva más tarde con este navegador."
        )
    },
    try_again: "Intentar ahora otra vez",
    withdrawn_title: "Se ha retirado",
    withdrawn_text: "Sus respuestas se han borrado. Gracias por su tiempo.",
    stopped_title: "Este estudio no puede funcionar",
    stopped_text: "Lo que respondió antes está guardado. Vuelva a cargar la página para intentarlo otra vez.",
};

/// With a decimal comma.
fn comma(number: f64) -> String {
    number.to_string().replace('.', ",")
}
